import assert from 'node:assert/strict';
import { toHex } from '../../../lib/bytes';
import { ToxAsyncError } from '../../../lib/errors';
import type { MessageEngine, NewMail } from '../../../lib/storage/message-engine';
import { bytesOf, mail } from '../../../lib/testing/engine/sample-mail';

const MAILBOXES = 4;

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
    this.#writers = words.map((word, n) => this.#write(engineOf(n), word, `to ${n % MAILBOXES}`));
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

/** Whatever was acknowledged is listed, once. Gives the storage ids that are listed. */
export async function assertKept(engine: MessageEngine, ...loads: readonly Load[]): Promise<string[]> {
  const mailboxes = Array.from({ length: MAILBOXES }, (_, n) => bytesOf(`to ${n}`));
  const listed = (await Promise.all(mailboxes.map((mailbox) => listAll(engine, mailbox)))).flat();
  const known = new Set(listed);
  const lost = loads.flatMap(({ acknowledged }) => [...acknowledged.keys()].filter((id) => !known.has(id)));
  assert.deepEqual(lost, [], 'what was acknowledged is there');
  assert.equal(known.size, listed.length, 'each once');
  assert.equal((await engine.stats()).messages, listed.length, 'and counted');
  return listed;
}

/** A reader of all mailboxes of a load that goes on from its cursors, as recipients do. */
export class CursorReader {
  readonly seen = new Set<string>();
  readonly #engineOf: () => MessageEngine;
  readonly #cursors = Array.from({ length: MAILBOXES }, () => 0);
  readonly #done: Promise<void>;
  #stopped = false;

  constructor(engineOf: () => MessageEngine) {
    this.#engineOf = engineOf;
    this.#done = this.#read();
  }

  /** Resolves when it has read to the end of each mailbox once more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
    for (let mailbox = 0; mailbox < MAILBOXES; mailbox++) while (await this.#readPage(mailbox));
  }

  async #read(): Promise<void> {
    for (let n = 0; !this.#stopped; n++) {
      await this.#readPage(n % MAILBOXES).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  /** Whether there is more. */
  async #readPage(mailbox: number): Promise<boolean> {
    const cursor = this.#cursors[mailbox] ?? 0;
    const { items } = await this.#engineOf().page(bytesOf(`to ${mailbox}`), cursor, 64);
    for (const { storageId } of items) this.seen.add(toHex(storageId));
    this.#cursors[mailbox] = items.at(-1)?.cursor ?? cursor;
    return items.length > 0;
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
