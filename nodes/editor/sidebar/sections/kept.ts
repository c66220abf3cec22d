import type { OpenSessionView } from '../../../sidebar/view.js';
import { h, setText, show } from '../widgets/dom.js';
import { Section } from '../widgets/section.js';
import type { SessionPart } from '../state.js';
import { size, text } from '../texts.js';
import { Gauge } from './row.js';

/** Mail of others that lies here, and room. */
export class Kept implements SessionPart {
  readonly section = new Section('kept', text('kept.title'));
  readonly element = this.section.element;
  readonly #gauge = new Gauge('wide');
  readonly #words = h('div', { class: 'tox-soft' });
  readonly #folder = h('div', { class: 'tox-soft tox-wrap' });

  constructor() {
    this.section.body.append(h('div', { class: 'tox-kept' }, this.#gauge.element, this.#words, this.#folder));
  }

  update({ kept, folder }: OpenSessionView): void {
    const { role, messages, friends, bytes, capacityBytes, freeBytes } = kept;
    const isOff = role === 'off' && messages === 0;
    const used = text('kept.count', { used: size(bytes), capacity: size(capacityBytes) });
    this.section.update(isOff ? text('kept.off') : messages === 0 ? text('kept.nothing') : used, false);
    show(this.#gauge.element, messages > 0);
    this.#gauge.update(bytes / capacityBytes);
    setText(this.#words, isOff ? text('kept.offWords') : wordsOf(messages, friends, capacityBytes, role));
    const free = freeBytes === undefined ? '' : text('kept.free', { size: size(freeBytes) });
    const own = folder.bytes === undefined ? '' : text('kept.folder', { size: size(folder.bytes) });
    setText(this.#folder, [own, free].filter((part) => part !== '').join(' '));
    this.#folder.title = folder.path;
  }
}

function wordsOf(messages: number, friends: number, capacityBytes: number, role: string): string {
  if (messages === 0)
    return text(role === 'everyone' ? 'kept.roomEveryone' : 'kept.room', { capacity: size(capacityBytes) });
  return text('kept.words', {
    messages: text('kept.messages', { count: messages }),
    friends: text('kept.friends', { count: friends }),
  });
}
