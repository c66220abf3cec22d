import type { FriendView } from '../../../sidebar/view.js';
import { confirmed } from '../widgets/confirm.js';
import { button, h, setAttribute, setText, show } from '../widgets/dom.js';
import type { Actions } from '../state.js';
import { called, shortKey, text } from '../texts.js';
import { rightNow, youCanSend } from './friend-words.js';

/** What a friend's row unfolds into. */
export class FriendDetails {
  readonly element: HTMLElement;
  readonly #actions: Actions;
  readonly #now = h('dd');
  readonly #send = h('dd');
  readonly #receive = h('dd');
  readonly #key = h('span', { class: 'tox-mono' });
  readonly #name = h('input', { type: 'text', maxlength: '128', 'aria-label': text('form.name') });
  readonly #rename: HTMLFormElement;
  readonly #changes: readonly HTMLElement[];
  readonly #elsewhere = h('div', { class: 'tox-soft' });
  #friend: FriendView | undefined;

  constructor(actions: Actions) {
    this.#actions = actions;
    const copy = button({
      label: text('friend.copyKey'),
      icon: 'clipboard',
      run: (element) =>
        RED.clipboard.copyText(this.#friend?.publicKey ?? '', $(element), text('identity.copied')),
    });
    const rename = button({
      label: text('friend.rename'),
      icon: 'pencil',
      writes: true,
      run: () => this.#unfold(true),
    });
    const remove = button({
      label: text('friend.remove'),
      icon: 'trash',
      writes: true,
      run: () => void this.#remove(),
    });
    this.#changes = [rename, remove];
    this.#rename = h(
      'form',
      { class: 'tox-form tox-inline' },
      this.#name,
      button({ label: text('cancel'), run: () => this.#unfold(false) }),
      button({ label: text('form.save'), primary: true, writes: true, run: () => void this.#save() }),
    );
    this.#rename.hidden = true;
    this.#rename.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#save();
    });
    this.element = h(
      'div',
      { class: 'tox-more' },
      h(
        'dl',
        {},
        ...[
          [text('friend.rightNow'), this.#now],
          [text('friend.youCanSend'), this.#send],
          [text('friend.theyCanSend'), this.#receive],
          [text('friend.publicKey'), h('dd', {}, this.#key, copy)],
        ].flatMap(([term = '', value = '']) => [h('dt', {}, term), value]),
      ),
      h(
        'div',
        { class: 'tox-buttons' },
        button({ label: text('friend.test'), writes: true, run: () => void this.#test() }),
        button({ label: text('friend.renew'), writes: true, run: () => void this.#renew() }),
        rename,
        remove,
      ),
      this.#elsewhere,
      this.#rename,
    );
  }

  update(friend: FriendView): void {
    this.#friend = friend;
    setText(this.#now, rightNow(friend));
    setText(this.#send, youCanSend(friend));
    setText(this.#receive, text('keys.messages', { count: friend.keys.receivable }));
    setText(this.#key, shortKey(friend.publicKey));
    setAttribute(this.#key, 'title', friend.publicKey);
    for (const each of this.#changes) show(each, friend.changed === 'here');
    show(this.#elsewhere, friend.changed !== 'here');
    if (friend.changed !== 'here') setText(this.#elsewhere, text(`friend.changed.${friend.changed}`));
  }

  #unfold(isOpen: boolean): void {
    show(this.#rename, isOpen);
    if (isOpen) this.#name.value = this.#friend?.name ?? '';
    (isOpen ? this.#name : this.#changes[0])?.focus();
  }

  async #save(): Promise<void> {
    const done = await this.#actions.order('rename', {
      friend: this.#friend?.publicKey,
      name: this.#name.value,
    });
    if (done !== undefined) this.#unfold(false);
  }

  async #test(): Promise<void> {
    const friend = this.#friend;
    if (friend === undefined) return;
    const done = await this.#actions.order('test', {
      friend: friend.publicKey,
      text: text('friend.testText'),
    });
    if (done !== undefined)
      RED.notify(h('p', {}, text('friend.tested', { friend: called(friend) })), {
        type: 'success',
        timeout: 3000,
      });
  }

  async #renew(): Promise<void> {
    const done = await this.#actions.order('refresh-keys', { friend: this.#friend?.publicKey });
    const [exchange] = Array.isArray(done?.exchanges) ? (done.exchanges as { state?: string }[]) : [];
    if (exchange?.state !== undefined)
      RED.notify(h('p', {}, text(`friend.renewed.${exchange.state}`)), { timeout: 4000 });
  }

  async #remove(): Promise<void> {
    const friend = this.#friend;
    if (friend === undefined) return;
    const question = text('friend.removeQuestion', { friend: called(friend) });
    if (await confirmed(question, text('friend.remove')))
      await this.#actions.order('remove', { friend: friend.publicKey });
  }
}
