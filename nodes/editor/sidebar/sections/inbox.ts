import type { InboxView, OpenSessionView, SessionView } from '../../../sidebar/view.js';
import { button, h, KeyedRows, type Row } from '../widgets/dom.js';
import { Section } from '../widgets/section.js';
import type { SessionPart } from '../state.js';
import { called, span, text } from '../texts.js';
import { RowParts } from './row.js';

/** Messages that arrived and that no flow has finished. */
export class Inbox implements SessionPart {
  readonly section = new Section('inbox', text('inbox.title'), text('inbox.none'));
  readonly element = this.section.element;
  readonly #rows: KeyedRows<InboxView>;

  constructor() {
    const list = h('ul');
    this.section.body.append(list);
    this.#rows = new KeyedRows(list, ({ friend, state }) => `${friend} ${state}`, inboxRow);
  }

  update({ inbox }: OpenSessionView, { counts }: SessionView): void {
    const waiting = counts?.waiting ?? 0;
    this.section.update(waiting > 0 ? text('inbox.count', { count: waiting }) : '', inbox.length === 0);
    this.#rows.update(inbox);
  }
}

function inboxRow(): Row<InboxView> {
  const parts = new RowParts();
  const search = button({
    label: text('inbox.search'),
    icon: 'search',
    run: () => RED.search.show('receive-async'),
  });
  return {
    element: h('li', { class: 'tox-row' }, parts.icon, parts.main, search),
    update: ({ friend, friendName, count, state, age }) =>
      parts.update({
        icon: 'inbox',
        tone: 'warn',
        title: text('inbox.from', { count, friend: called({ name: friendName, publicKey: friend }) }),
        note: span(age),
        detail: text(`inbox.${state}`),
      }),
  };
}
