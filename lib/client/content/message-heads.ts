import { receivedContent } from './received-content';
import type { Inbox, InboxEntry } from '../journal/inbox';
import type { MessageHead } from '../messages';

/**
 * What a filter may know of messages in the inbox. Sender and way lie in the open; a label is read only when it is asked
 * for, and kept in memory for as long as its message waits.
 */
export class MessageHeads {
  readonly #inbox: Inbox;
  readonly #labels = new Map<number, string | undefined>();

  constructor(inbox: Inbox) {
    this.#inbox = inbox;
  }

  of(entry: InboxEntry): MessageHead {
    const labelOf = () => this.#labelOf(entry);
    return {
      sender: entry.sender,
      via: entry.via,
      get label() {
        return labelOf();
      },
    };
  }

  /** The message no longer waits. */
  forget({ sequence }: InboxEntry): void {
    this.#labels.delete(sequence);
  }

  #labelOf(entry: InboxEntry): string | undefined {
    const { sequence } = entry;
    if (!this.#labels.has(sequence)) {
      const read = this.#inbox.read(entry);
      this.#labels.set(sequence, read && receivedContent(read)?.label);
      read?.data.fill(0);
    }
    return this.#labels.get(sequence);
  }
}
