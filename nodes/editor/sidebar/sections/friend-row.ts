import type { FriendView } from '../../../sidebar/view.js';
import { h, icon, setAttribute, setText, show, type Row } from '../widgets/dom.js';
import type { Actions } from '../state.js';
import { called, text } from '../texts.js';
import { FriendDetails } from './friend-details.js';
import { friendLine } from './friend-words.js';
import { Gauge, RowParts } from './row.js';

/** A friend: two lines, which unfold into all that is known and can be done. */
export class FriendRow implements Row<FriendView> {
  readonly element: HTMLElement;
  readonly #parts = new RowParts();
  readonly #archive = icon('archive');
  readonly #gauge = new Gauge('small');
  readonly #keys = h('span', { class: 'tox-keys' });
  readonly #number = h('span', { class: 'tox-num' });
  readonly #open: HTMLButtonElement;
  readonly #details: FriendDetails;
  #friend: FriendView;

  constructor(friend: FriendView, actions: Actions) {
    this.#friend = friend;
    this.#details = new FriendDetails(actions);
    this.#details.element.id = `tox-friend-${friend.publicKey}`;
    this.#details.element.hidden = true;
    this.#keys.append(this.#gauge.element, this.#number);
    this.#parts.line.append(this.#archive, this.#keys);
    this.#open = h(
      'button',
      {
        type: 'button',
        class: 'tox-open',
        'aria-expanded': 'false',
        'aria-controls': this.#details.element.id,
      },
      this.#parts.icon,
      this.#parts.main,
    );
    this.#open.addEventListener('click', () => {
      const isOpen = this.#details.element.hasAttribute('hidden');
      if (isOpen) this.#details.update(this.#friend);
      show(this.#details.element, isOpen);
      setAttribute(this.#open, 'aria-expanded', String(isOpen));
    });
    this.element = h('li', { class: 'tox-row tox-folds' }, this.#open, this.#details.element);
  }

  update(friend: FriendView): void {
    this.#friend = friend;
    const { keys, state, keepsMail } = friend;
    this.#parts.update({ title: called(friend), ...friendLine(friend) });
    show(this.#archive, keepsMail);
    setAttribute(this.#archive, 'title', text('friend.keepsMailTitle'));
    const hasKeys = state !== 'plain' && state !== 'asked';
    show(this.#keys, hasKeys);
    const isLow = keys.areLow;
    this.#gauge.update(keys.sendable / keys.full, keys.sendable === 0 ? 'none' : isLow ? 'low' : '');
    setText(this.#number, String(keys.sendable));
    setAttribute(this.#keys, 'title', text('friend.keysTitle', { count: keys.sendable }));
    if (!this.#details.element.hidden) this.#details.update(friend);
  }
}
