import { h } from './dom.js';

/** Something that opens below a button, one at a time, and closes by Escape, a click elsewhere, or its own end. */
export class Popup {
  readonly #root: HTMLElement;
  #open: { readonly element: HTMLElement; readonly opener: HTMLElement } | undefined;

  /** @param root the sidebar, within which it stays */
  constructor(root: HTMLElement) {
    this.#root = root;
    document.addEventListener('mousedown', ({ target }) => {
      const { element, opener } = this.#open ?? {};
      if (element === undefined || !(target instanceof Node)) return;
      if (!element.contains(target) && opener?.contains(target) !== true) this.close(false);
    });
  }

  /** Opens, or closes what this opener opened. */
  toggle(opener: HTMLElement, content: () => HTMLElement): void {
    const wasMine = this.#open?.opener === opener;
    this.close(false);
    if (wasMine) return;
    const inner = content();
    const element = h('div', { class: 'tox-pop' }, inner);
    const [at, within] = [opener.getBoundingClientRect(), this.#root.getBoundingClientRect()];
    element.style.top = `${at.bottom - within.top + 2}px`;
    element.addEventListener('keydown', (event) => {
      // A key may close it, and the editor's own key handler fails on an element that is gone.
      event.stopPropagation();
      this.#onKey(event);
    });
    opener.addEventListener('keydown', this.#onOpenerKey);
    opener.setAttribute('aria-expanded', 'true');
    this.#root.append(element);
    this.#open = { element, opener };
    (element.querySelector<HTMLElement>('[tabindex="0"], button, [aria-selected=true]') ?? opener).focus();
  }

  /** @param refocus gives the focus back to its opener */
  close(refocus: boolean): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    open.opener.setAttribute('aria-expanded', 'false');
    open.opener.removeEventListener('keydown', this.#onOpenerKey);
    if (refocus) open.opener.focus();
    open.element.remove();
  }

  readonly #onOpenerKey = (event: KeyboardEvent): void => this.#onKey(event);

  #onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    this.close(true);
  }
}
