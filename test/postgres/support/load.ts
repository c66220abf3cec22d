import { toHex } from '../../../lib/bytes';
import { ToxAsyncError } from '../../../lib/errors';
import type { MessageEngine, NewMail } from '../../../lib/storage/message-engine';
import { mail } from '../../../lib/testing/engine/sample-mail';

/** Writers that store mail of their own until they are stopped, each again until it is acknowledged. */
export class Load {
  /** Acknowledged, by storage id. */
  readonly acknowledged = new Map<string, NewMail>();
  /** Codes of the errors that were answered. */
  readonly errors = new Map<string, number>();
  readonly #writers: Promise<void>[];
  #stopped = false;

  constructor(engineOf: (writer: number) => MessageEngine, writers: number, name = 'load') {
    const words = Array.from({ length: writers }, (_, n) => `${name} ${n}`);
    this.#writers = words.map((word, n) => this.#write(engineOf(n), word, `to ${n % 4}`));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#writers);
  }

  async #write(engine: MessageEngine, word: string, to: string): Promise<void> {
    for (let n = 0; !this.#stopped;) {
      const one = mail(`${word} ${n}`, { to, keepSeconds: 100_000 });
      try {
        // What was stored before an error is known now: it was no loss, and must make no second copy.
        await engine.put(one);
        this.acknowledged.set(toHex(one.storageId), one);
        n += 1;
      } catch (error) {
        if (!ToxAsyncError.is(error)) throw error;
        this.errors.set(error.code, (this.errors.get(error.code) ?? 0) + 1);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}

/** All storage ids of a mailbox, in the order of their cursors, page by page. */
export async function listAll(engine: MessageEngine, mailbox: Uint8Array): Promise<string[]> {
  const all: string[] = [];
  for (let cursor = 0; ;) {
    const { items, more } = await engine.page(mailbox, cursor, 64);
    all.push(...items.map(({ storageId }) => toHex(storageId)));
    cursor = items.at(-1)?.cursor ?? cursor;
    if (!more) return all;
  }
}
