import { button, h, icon, setAttribute, setIcon, setText, show } from '../widgets/dom.js';
import type { Popup } from '../widgets/popup.js';
import { qrCard } from '../widgets/qr.js';
import { stateInFull } from '../session-state.js';
import type { Part, State } from '../state.js';
import { shortKey, text } from '../texts.js';

/** The Tox ID, to copy and as a QR code, and how the session is connected. */
export class Identity implements Part {
  readonly element: HTMLElement;
  readonly #digits = h('span', { class: 'tox-mono tox-cut' });
  readonly #line: HTMLElement;
  readonly #icon = icon('circle-o');
  readonly #words = h('span', {});
  #id = '';
  #toxId = '';

  constructor(popup: Popup) {
    const copy = button({
      label: text('identity.copy'),
      icon: 'clipboard',
      run: (element) => RED.clipboard.copyText(this.#toxId, $(element), text('identity.copied')),
    });
    const qr = button({
      label: text('identity.qr'),
      icon: 'qrcode',
      run: (element) => popup.toggle(element, () => qrCard(this.#id)),
    });
    setAttribute(qr, 'aria-haspopup', 'dialog');
    this.#line = h('div', { class: 'tox-line' }, icon('id-card-o'), this.#digits, copy, qr);
    this.element = h(
      'div',
      { class: 'tox-identity' },
      this.#line,
      h('div', { class: 'tox-line tox-soft' }, this.#icon, this.#words),
    );
  }

  update({ view }: State): void {
    show(this.element, view !== undefined);
    if (view === undefined) return;
    this.#id = view.id;
    this.#toxId = view.toxId ?? '';
    show(this.#line, this.#toxId !== '');
    setText(this.#digits, shortKey(this.#toxId));
    setAttribute(this.#digits, 'title', this.#toxId);
    const { icon: name, tone, words } = stateInFull(view);
    setIcon(this.#icon, name, tone);
    setText(this.#words, words);
  }
}
