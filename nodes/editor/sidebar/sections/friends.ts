import type { FriendView, OpenSessionView, SessionView } from '../../../sidebar/view.js';
import { button, h, KeyedRows, setAttribute, show } from '../widgets/dom.js';
import { Section } from '../widgets/section.js';
import { onlineCount } from '../online-count.js';
import type { Actions, SessionPart } from '../state.js';
import { text } from '../texts.js';
import { AddFriend } from './add-friend.js';
import { FriendRow } from './friend-row.js';

/** All friends, by name and never by state: nobody moves while one looks. */
export class Friends implements SessionPart {
  readonly section = new Section('friends', text('friends.title'), text('friends.none'));
  readonly element = this.section.element;
  readonly #rows: KeyedRows<FriendView>;
  readonly #add: AddFriend;
  readonly #plus: HTMLButtonElement;

  constructor(actions: Actions) {
    this.#add = new AddFriend(actions);
    this.#plus = button({
      label: text('friends.add'),
      icon: 'plus',
      writes: true,
      run: (opener) => {
        this.section.fold(false);
        this.#add.toggle(opener);
      },
    });
    setAttribute(this.#plus, 'aria-expanded', 'false');
    this.section.header.append(this.#plus);
    const list = h('ul');
    this.section.body.prepend(this.#add.element);
    this.section.body.append(list);
    this.#rows = new KeyedRows(
      list,
      ({ publicKey }) => publicKey,
      (friend) => new FriendRow(friend, actions),
    );
  }

  update({ friends, network }: OpenSessionView, { name }: SessionView): void {
    this.#add.sessionName = name;
    const count = onlineCount(friends);
    this.section.update(count === undefined ? '' : text('friends.count', count), friends.length === 0);
    show(this.#plus, network === 'tox');
    this.#rows.update(friends);
  }
}
