import { type NedbDocument, numberOf } from './nedb-document';

/** Bytes of a line on top of its operations, roughly. */
const LINE_BYTES = 60;

interface Held {
  readonly document: NedbDocument;
  readonly bytes: number;
  live: number;
  liveBytes: number;
}

/** What the documents say of one key. */
interface KeyState {
  /** The document with the newest operation. */
  latest: Held;
  deleted: boolean;
  bytes: number;
  /** Documents in the file that have an operation on the key. */
  holders: number;
}

/**
 * Knows which operations of which documents still matter. A put is live until a newer operation on its key; a
 * delete is live as long as an older document would bring the key back. A document without live operations can
 * be removed.
 */
export class NedbLiveness {
  readonly #documents = new Map<string, Held>();
  readonly #keys = new Map<string, KeyState>();
  #dead = new Set<string>();
  #liveBytes = 0;

  /** Bytes of all live operations. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** Numbers of the documents that can be removed now, in any order: call `removed` when that is durable. */
  get dead(): readonly string[] {
    return [...this.#dead];
  }

  /** Adds the newest document. */
  add(document: NedbDocument): void {
    const held: Held = { document, bytes: LINE_BYTES, live: 0, liveBytes: 0 };
    let bytes = LINE_BYTES;
    this.#documents.set(document._id, held);
    for (const [key, value] of document.ops) {
      const size = key.length + (value?.length ?? 0);
      bytes += size;
      const state = this.#keys.get(key);
      if (state) {
        if (isLive(state)) this.#drop(state);
        Object.assign(state, {
          latest: held,
          deleted: value === null,
          bytes: size,
          holders: state.holders + 1,
        });
        this.#count(state);
      } else {
        const fresh = { latest: held, deleted: value === null, bytes: size, holders: 1 };
        this.#keys.set(key, fresh);
        if (isLive(fresh)) this.#count(fresh);
      }
    }
    this.#documents.set(document._id, Object.assign(held, { bytes }));
    if (held.live === 0) this.#dead.add(document._id);
  }

  /** Forgets removed documents, which may leave deletes without a purpose. */
  removed(ids: readonly string[]): void {
    for (const id of ids) {
      const held = this.#documents.get(id);
      this.#documents.delete(id);
      this.#dead.delete(id);
      for (const [key] of held?.document.ops ?? []) {
        const state = this.#keys.get(key);
        if (!state) continue;
        const wasLive = isLive(state);
        state.holders -= 1;
        if (wasLive && !isLive(state)) this.#drop(state);
        if (state.holders === 0) this.#keys.delete(key);
      }
    }
  }

  /** Documents of which less than half is live. */
  sparse(): NedbDocument[] {
    const found = [...this.#documents.values()].filter(
      (held) => held.live > 0 && held.liveBytes < held.bytes / 2,
    );
    return found.map((held) => held.document).sort((a, b) => numberOf(a) - numberOf(b));
  }

  /** The operations of a document that still matter. */
  liveOperations(document: NedbDocument): NedbDocument['ops'] {
    return document.ops.filter(([key]) => {
      const state = this.#keys.get(key);
      return state !== undefined && state.latest.document === document && isLive(state);
    });
  }

  #count(state: KeyState): void {
    state.latest.live += 1;
    state.latest.liveBytes += state.bytes;
    this.#liveBytes += state.bytes;
  }

  /** The newest operation on the key stops to be live. */
  #drop(state: KeyState): void {
    state.latest.live -= 1;
    state.latest.liveBytes -= state.bytes;
    this.#liveBytes -= state.bytes;
    if (state.latest.live === 0) this.#dead.add(state.latest.document._id);
  }
}

function isLive(state: KeyState): boolean {
  return !state.deleted || state.holders > 1;
}
