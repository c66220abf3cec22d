type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** An element. An attribute that is false or undefined is left out. Children that are text are never HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children);
  return element;
}

/** Changes an attribute only where it differs: a tooltip or a screen reader would else begin again. */
export function setAttribute(element: Element, name: string, value: string | boolean | undefined): void {
  if (value === undefined || value === false) element.removeAttribute(name);
  else {
    const text = value === true ? '' : value;
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function show(element: HTMLElement, isShown: boolean): void {
  if (element.hidden === isShown) element.hidden = !isShown;
}

/** A Font Awesome icon, as an ornament: what it means is said in words beside it. */
export function icon(name: string, tone = ''): HTMLElement {
  const element = h('i', { 'aria-hidden': 'true' });
  setIcon(element, name, tone);
  return element;
}

/** @param tone 'ok', 'info', 'warn' or 'bad' */
export function setIcon(element: Element, name: string, tone = ''): void {
  setAttribute(element, 'class', `tox-i fa fa-${name}${tone === '' ? '' : ` tox-${tone}`}`);
}

export interface ButtonOptions {
  /** Its words; of an icon alone, its name for a screen reader and the tooltip. */
  readonly label: string;
  readonly icon?: string;
  /** Shows the words beside the icon. */
  readonly words?: boolean;
  readonly primary?: boolean;
  /** Changes something: off for those who may only read. */
  readonly writes?: boolean;
  readonly run: (button: HTMLButtonElement) => void;
}

export function button({ label, icon: name, words, primary, writes, run }: ButtonOptions): HTMLButtonElement {
  const isPlain = name === undefined || words === true;
  const element = h('button', {
    type: 'button',
    class: `red-ui-button red-ui-button-small${primary === true ? ' primary' : ''}`,
    'data-writes': writes === true,
    title: isPlain ? undefined : label,
    'aria-label': isPlain ? undefined : label,
  });
  if (name !== undefined) element.append(h('i', { class: `fa fa-${name}`, 'aria-hidden': 'true' }));
  if (isPlain) element.append(name === undefined ? label : ` ${label}`);
  element.addEventListener('click', (event) => {
    event.stopPropagation();
    run(element);
  });
  return element;
}

/** One row of a list, and what brings it up to date. */
export interface Row<T> {
  readonly element: HTMLElement;
  update(item: T): void;
}

/** Rows patched by key: a row stays the same element as long as its item is there, and so keeps focus and tooltip. */
export class KeyedRows<T> {
  readonly #parent: HTMLElement;
  readonly #keyOf: (item: T) => string;
  readonly #make: (item: T) => Row<T>;
  #rows = new Map<string, Row<T>>();

  constructor(parent: HTMLElement, keyOf: (item: T) => string, make: (item: T) => Row<T>) {
    this.#parent = parent;
    this.#keyOf = keyOf;
    this.#make = make;
  }

  update(items: readonly T[]): void {
    const before = this.#rows;
    this.#rows = new Map();
    for (const item of items) {
      const key = this.#keyOf(item);
      const row = before.get(key) ?? this.#make(item);
      before.delete(key);
      row.update(item);
      this.#rows.set(key, row);
    }
    for (const { element } of before.values()) element.remove();
    let next = this.#parent.firstElementChild;
    for (const { element } of this.#rows.values()) {
      if (element === next) next = next.nextElementSibling;
      else this.#parent.insertBefore(element, next);
    }
  }
}
