import { h, setAttribute, setText, show } from './dom.js';

const FOLDED = 'tox-async-folded';

/** A section that folds; whether it is folded is remembered in this browser. */
export class Section {
  readonly element: HTMLElement;
  readonly body = h('div', { class: 'tox-section-body' });
  readonly header: HTMLElement;
  readonly #name: string;
  readonly #title: HTMLElement;
  readonly #count = h('span', { class: 'tox-count' });
  readonly #none: HTMLElement | undefined;

  /**
   * @param name for what is remembered
   * @param none what it says when it is empty
   */
  constructor(name: string, title: string, none?: string) {
    this.#name = name;
    this.body.id = `tox-section-${name}`;
    this.#title = h(
      'span',
      { class: 'tox-title', role: 'button', tabindex: '0', 'aria-controls': this.body.id },
      h('i', { class: 'fa fa-angle-down', 'aria-hidden': 'true' }),
      h('span', { class: 'tox-title-text' }, title),
    );
    this.#title.addEventListener('click', () => this.fold(!this.isFolded));
    this.#title.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      this.fold(!this.isFolded);
    });
    this.header = h('div', { class: 'tox-section-header' }, this.#title, this.#count);
    this.#none = none === undefined ? undefined : h('div', { class: 'tox-none' }, none);
    if (this.#none) this.body.append(this.#none);
    this.element = h('section', { class: 'tox-section', 'aria-label': title }, this.header, this.body);
    this.fold(foldedNames().includes(name));
  }

  get isFolded(): boolean {
    return this.body.hasAttribute('hidden');
  }

  fold(isFolded: boolean): void {
    show(this.body, !isFolded);
    setAttribute(this.#title, 'aria-expanded', String(!isFolded));
    const others = foldedNames().filter((each) => each !== this.#name);
    localStorage.setItem(FOLDED, [...others, ...(isFolded ? [this.#name] : [])].join());
  }

  /** @param count words beside the title */
  update(count: string, isEmpty: boolean): void {
    setText(this.#count, count);
    if (this.#none) show(this.#none, isEmpty);
  }
}

function foldedNames(): string[] {
  return (localStorage.getItem(FOLDED) ?? '').split(',').filter((each) => each !== '');
}
