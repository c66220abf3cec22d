import { button, h, icon, setAttribute, setIcon, setText, show } from '../widgets/dom.js';
import type { Actions } from '../state.js';
import { text } from '../texts.js';
import { checkToxId } from './tox-id-check.js';

/** A form in place: a Tox ID, a name, a greeting. It says what is wrong with the ID while it is typed. */
export class AddFriend {
  readonly element: HTMLFormElement;
  readonly #actions: Actions;
  readonly #toxId = h('textarea', {
    id: 'tox-add-id',
    rows: '2',
    spellcheck: 'false',
    autocomplete: 'off',
    'aria-describedby': 'tox-add-check',
  });
  readonly #name = h('input', { id: 'tox-add-name', type: 'text', maxlength: '128' });
  readonly #message = h('input', { id: 'tox-add-message', type: 'text', maxlength: '500' });
  readonly #checkIcon = icon('exclamation-circle', 'bad');
  readonly #checkWords = h('span');
  readonly #send: HTMLButtonElement;
  #opener: HTMLElement | undefined;
  /** Of the session, for the greeting. */
  sessionName = '';

  constructor(actions: Actions) {
    this.#actions = actions;
    this.#send = button({ label: text('add.send'), primary: true, run: () => void this.#submit() });
    this.element = h(
      'form',
      { class: 'tox-form' },
      h('label', { for: 'tox-add-id' }, text('add.toxId')),
      this.#toxId,
      h(
        'div',
        { class: 'tox-check', id: 'tox-add-check', 'aria-live': 'polite' },
        this.#checkIcon,
        this.#checkWords,
      ),
      h('label', { for: 'tox-add-name' }, text('form.name')),
      this.#name,
      h('label', { for: 'tox-add-message' }, text('add.message')),
      this.#message,
      h(
        'div',
        { class: 'tox-buttons tox-end' },
        button({ label: text('cancel'), run: () => this.close() }),
        this.#send,
      ),
    );
    this.element.hidden = true;
    this.#toxId.addEventListener('input', () => this.#check());
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
    });
  }

  toggle(opener: HTMLElement): void {
    if (!this.element.hidden) {
      this.close();
      return;
    }
    this.#opener = opener;
    setAttribute(opener, 'aria-expanded', 'true');
    if (this.#message.value === '') this.#message.value = text('add.greeting', { session: this.sessionName });
    show(this.element, true);
    this.#check();
    this.#toxId.focus();
  }

  close(): void {
    if (this.#opener !== undefined) setAttribute(this.#opener, 'aria-expanded', 'false');
    this.#opener?.focus();
    show(this.element, false);
  }

  #check(): void {
    const { word, digits } = checkToxId(this.#toxId.value);
    const isWrong = word !== 'ok' && word !== 'blank';
    setAttribute(this.#toxId, 'aria-invalid', isWrong ? 'true' : undefined);
    show(this.#checkIcon, word !== 'blank');
    setIcon(this.#checkIcon, isWrong ? 'exclamation-circle' : 'check', isWrong ? 'bad' : 'ok');
    setText(this.#checkWords, word === 'blank' ? '' : text(`check.${word}`, { count: digits }));
    this.#send.disabled = word !== 'ok';
  }

  async #submit(): Promise<void> {
    if (this.#send.disabled) return;
    const fields = { toxId: this.#toxId.value, name: this.#name.value, message: this.#message.value };
    if ((await this.#actions.order('add-friend', fields)) === undefined) return;
    this.close();
    for (const each of [this.#toxId, this.#name]) each.value = '';
  }
}
