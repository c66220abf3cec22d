import type { OpenSessionView, OutboxView, SessionView } from '../../../sidebar/view.js';
import { confirmed } from '../widgets/confirm.js';
import { button, h, KeyedRows, setText, show, type Row } from '../widgets/dom.js';
import { Section } from '../widgets/section.js';
import type { Actions, SessionPart } from '../state.js';
import { called, size, span, text, textIfAny } from '../texts.js';
import { Gauge, RowParts } from './row.js';

/** Messages on their way, without a word of what they say. */
export class Outbox implements SessionPart {
  readonly section = new Section('outbox', text('outbox.title'), text('outbox.none'));
  readonly element = this.section.element;
  readonly #rows: KeyedRows<OutboxView>;
  readonly #more = h('div', { class: 'tox-none' });

  constructor(actions: Actions) {
    const list = h('ul');
    this.section.body.append(list, this.#more);
    this.#rows = new KeyedRows(list, keyOf, (message) => outboxRow(message, actions));
  }

  update({ outbox }: OpenSessionView, { counts }: SessionView): void {
    const { queued = 0, stored = 0, unfinished = 0 } = counts ?? {};
    const late = outbox.filter(({ overdue }) => overdue !== undefined);
    const lateStored = late.filter(({ isStored }) => isStored).length;
    this.section.update(
      counted([
        ['outbox.overdueCount', late.length],
        ['outbox.storedCount', stored - lateStored],
        ['outbox.waitCount', queued - (late.length - lateStored)],
      ]),
      unfinished === 0,
    );
    const left = unfinished - outbox.length;
    show(this.#more, left > 0);
    setText(this.#more, text('outbox.more', { count: Math.max(0, left) }));
    this.#rows.update(outbox);
  }
}

/** "1 overdue, 2 stored", without those of which there are none. */
function counted(counts: readonly (readonly [key: string, count: number])[]): string {
  const some = counts.filter(([, count]) => count > 0);
  return some.map(([key, count]) => text(key, { count })).join(', ');
}

function keyOf({ friend, messageId }: OutboxView): string {
  return `${friend} ${messageId}`;
}

function outboxRow(first: OutboxView, actions: Actions): Row<OutboxView> {
  const parts = new RowParts();
  const gauge = new Gauge('wide');
  parts.main.append(gauge.element);
  let message = first;
  const cancel = async () => {
    const { friend, messageId, isStored } = message;
    if (isStored && !(await confirmed(text('outbox.cancelQuestion'), text('outbox.cancel')))) return;
    await actions.order('cancel', { friend, messageId });
  };
  const end = button({ label: text('outbox.cancel'), icon: 'times', writes: true, run: () => void cancel() });
  const element = h('li', { class: 'tox-row' }, parts.icon, parts.main, end);
  return {
    element,
    update: (now) => {
      message = now;
      const isMoving = now.pieces !== undefined && !now.isStored;
      show(gauge.element, isMoving);
      if (now.pieces !== undefined) gauge.update(now.pieces.done / now.pieces.total, 'move');
      const title = called({ name: now.friendName, publicKey: now.friend });
      parts.update({ title, note: span(now.age), ...messageLine(now) });
      parts.detail.title = now.nodes.join(', ');
    },
  };
}

interface Line {
  readonly icon: string;
  readonly tone: string;
  readonly detail: string;
}

/** Icon and second line of a message. */
function messageLine(message: OutboxView): Line {
  const line = wayLine(message);
  if (message.overdue === undefined) return line;
  const detail = text('outbox.overdue', { span: span(message.overdue), line: line.detail });
  return { icon: 'exclamation-triangle', tone: 'warn', detail };
}

function wayLine(message: OutboxView): Line {
  const { isStored, nodes, wanted, pieces, reason, code, size: bytes } = message;
  if (isStored) {
    const key = nodes.length < wanted ? 'outbox.storedFew' : 'outbox.stored';
    return { icon: 'archive', tone: 'info', detail: text(key, { count: nodes.length, wanted }) };
  }
  if (reason === undefined && pieces !== undefined) {
    const { done, total } = pieces;
    return {
      icon: 'spinner',
      tone: 'info',
      detail: text('outbox.pieces', { size: size(bytes), done, total }),
    };
  }
  if (reason === undefined) return { icon: 'spinner', tone: 'info', detail: text('outbox.onItsWay') };
  const why = code === undefined ? undefined : textIfAny(`refusal.${code}`);
  return { icon: 'clock-o', tone: '', detail: why ?? text(`reason.${reason}`) };
}
