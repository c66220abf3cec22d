import { h, icon, setIcon, setText } from '../widgets/dom.js';

/** What most rows are made of: an icon, a line with a note at its end, and a softer line below. */
export class RowParts {
  readonly icon = icon('circle-o');
  readonly title = h('span', { class: 'tox-cut' });
  readonly note = h('span', { class: 'tox-soft tox-note' });
  readonly detail = h('div', { class: 'tox-soft' });
  readonly line: HTMLElement;
  readonly main: HTMLElement;

  constructor() {
    this.line = h('div', { class: 'tox-line' }, this.title, this.note);
    this.main = h('div', { class: 'tox-main' }, this.line, this.detail);
  }

  update(words: {
    readonly icon: string;
    readonly tone: string;
    readonly title: string;
    readonly note?: string;
    readonly detail: string;
  }): void {
    setIcon(this.icon, words.icon, words.tone);
    setText(this.title, words.title);
    setText(this.note, words.note ?? '');
    setText(this.detail, words.detail);
  }
}

/** A bar. @param share of 0 to 1 @param tone 'low', 'none' or 'move' */
export class Gauge {
  readonly #bar = h('span');
  readonly element: HTMLElement;
  readonly #kind: string;

  constructor(kind: 'small' | 'wide') {
    this.#kind = kind;
    this.element = h('span', { class: `tox-gauge ${kind}`, 'aria-hidden': 'true' }, this.#bar);
  }

  update(share: number, tone = ''): void {
    const width = `${Math.round(100 * Math.min(1, Math.max(0, share)))}%`;
    if (this.#bar.style.width !== width) this.#bar.style.width = width;
    const wanted = `tox-gauge ${this.#kind} ${tone}`.trim();
    if (this.element.className !== wanted) this.element.className = wanted;
  }
}
