import type { Store } from '../store/store';
import { afterPrefix } from '../store/table';
import type { Draft } from './commit-waves';
import { find, findByNumber, type Found } from './mail-lookup';
import {
  decodeIndex,
  decodeRecent,
  encodeIndex,
  encodeRecent,
  expiryKey,
  INDEX_PREFIX,
  indexKey,
  type IndexRecord,
  listPrefix,
  listsMail,
  numberKey,
  numberOfKey,
  PRESENT,
  RECENT_PREFIX,
  recentKey,
  uint48,
} from './mail-records';
import { RecentMail, type RecentRecord } from './recent-mail';

export interface IndexSizes {
  /** So many recent records, and they begin to move into the index. A thousand take about 0.7 MB of memory. */
  readonly mostRecent: number;
  /** Records moved with one wave at most; more would hold up the event loop. */
  readonly movedAtOnce: number;
}

const SIZES: IndexSizes = { mostRecent: 8192, movedAtOnce: 512 };

/** A record whose time is over. */
export interface Due {
  readonly number: number;
  /** undefined when what named it is damaged: then `keys` are what is left of it beside its envelope. */
  readonly mail: { readonly mailbox: Uint8Array; readonly found: Found } | undefined;
  readonly keys: readonly Uint8Array[];
}

/**
 * Which mail lies in which mailbox, by number and by storage id, and when it expires.
 *
 * An index by mailbox costs a wave of new mail one or two random pages of the disk for each message. So the records
 * of new mail are appended to a journal, a few pages for a whole wave, and held in memory. When there are many they
 * move to the index in the order of their mailboxes, a part with each wave; a batch that moves a record takes it out
 * of the journal, so each is in exactly one place.
 */
export class MailIndex {
  readonly #store: Store;
  readonly #sizes: IndexSizes;
  #loaded: RecentMail | undefined;
  /** Numbers of recent records that could not be read. */
  #damaged: number[] = [];
  /** Mailboxes whose recent records are to be moved, the next one last. */
  #toMove: Uint8Array[] = [];

  constructor(store: Store, sizes: IndexSizes = SIZES) {
    this.#store = store;
    this.#sizes = sizes;
    this.#recent();
  }

  /** By name, in what is durable; expired records too. */
  find(mailbox: Uint8Array, storageId: Uint8Array): Found | undefined {
    const recent = this.#recent().get(mailbox, storageId);
    return recent?.durable ? recent.found : find(this.#store, mailbox, storageId);
  }

  /** The same with what the wave itself has done. */
  findIn(draft: Draft, mailbox: Uint8Array, storageId: Uint8Array): Found | undefined {
    return this.#recent().get(mailbox, storageId)?.found ?? find(draft, mailbox, storageId);
  }

  /** In what is durable. undefined when it is damaged. */
  findByNumber(number: number): { mailbox: Uint8Array; found: Found } | undefined {
    return this.#recent().byNumber(number) ?? findByNumber(this.#store, number);
  }

  /** What is durable in a mailbox after `cursor`, in the order of arrival; damaged records are left out. */
  *list(mailbox: Uint8Array, cursor = 0): Generator<Found> {
    const bounds = { gte: indexKey(mailbox, cursor + 1), lt: afterPrefix(listPrefix(mailbox)) };
    for (const [key, value] of this.#store.range(bounds)) {
      const record = decodeIndex(value);
      if (record) yield { number: numberOfKey(key), record };
    }
    // A mailbox's older records move first, so recent ones are never older than those of the index.
    for (const { found, durable } of this.#recent().in(mailbox)) {
      if (durable && found.number > cursor) yield found;
    }
  }

  /** Whether a mailbox holds anything but these numbers. Looks at the newest first, which is the last to go. */
  hasOthers(mailbox: Uint8Array, numbers: ReadonlySet<number>): boolean {
    for (const { found } of this.#recent().in(mailbox)) if (!numbers.has(found.number)) return true;
    const prefix = listPrefix(mailbox);
    for (const [key, value] of this.#store.range({ gte: prefix, lt: afterPrefix(prefix), reverse: true })) {
      if (!numbers.has(numberOfKey(key)) && decodeIndex(value)) return true;
    }
    return false;
  }

  /** Everything durable, with a name for its mailbox. */
  *all(): Generator<{ mailbox: string; found: Found }> {
    const name = (mailbox: Uint8Array) => Buffer.from(mailbox.subarray(0, 16)).toString('latin1');
    for (const [key, value] of this.#store.range({ gte: INDEX_PREFIX, lt: afterPrefix(INDEX_PREFIX) })) {
      const record = listsMail(key) ? decodeIndex(value) : undefined;
      const mailbox = name(key.subarray(INDEX_PREFIX.length));
      if (record) yield { mailbox, found: { number: numberOfKey(key), record } };
    }
    for (const { mailbox, found, durable } of this.#recent().all()) {
      if (durable) yield { mailbox: name(mailbox), found };
    }
  }

  add(draft: Draft, mailbox: Uint8Array, found: Found): void {
    const recent: RecentRecord = { mailbox: mailbox.slice(), found, durable: false };
    draft.write(recentKey(found.number), encodeRecent(mailbox, found.record));
    draft.afterCommit(() => (recent.durable = true));
    this.#recent().add(recent);
  }

  /** Another time of deposit and of expiry. */
  renew(draft: Draft, mailbox: Uint8Array, { number, record: old }: Found, record: IndexRecord): void {
    const recent = this.#recent().byNumber(number);
    if (recent) {
      draft.write(recentKey(number), encodeRecent(mailbox, record));
      recent.found = { number, record };
      return;
    }
    draft.put(indexKey(mailbox, number), encodeIndex(record));
    if (record.expires === old.expires) return;
    draft.delete(expiryKey(old.expires, number));
    draft.put(expiryKey(record.expires, number), PRESENT);
  }

  remove(draft: Draft, mailbox: Uint8Array, { number, record }: Found): void {
    const recent = this.#recent().byNumber(number);
    if (recent) {
      draft.delete(recentKey(number));
      this.#recent().remove(recent);
      return;
    }
    draft.delete(indexKey(mailbox, number));
    draft.delete(numberKey(mailbox, record.storageId));
    draft.delete(expiryKey(record.expires, number));
  }

  /** What is to be swept at `now`, at most `max`. */
  due(draft: Draft, now: number, max: number): Due[] {
    const due: Due[] = [];
    for (const mail of this.#recent().due(now)) {
      if (due.length < max) due.push({ number: mail.found.number, mail, keys: [] });
    }
    for (const number of this.#damaged.splice(0, max - due.length)) {
      due.push({ number, mail: undefined, keys: [recentKey(number)] });
    }
    const bounds = { gte: expiryKey(0, 0), lt: expiryKey(now + 1, 0), limit: max - due.length };
    for (const [key] of this.#store.range(bounds)) {
      // The range does not see what this wave has done: a record renewed or deleted in it stays as it is.
      if (!draft.get(key)) continue;
      const number = numberOfKey(key);
      due.push({ number, mail: findByNumber(this.#store, number), keys: [key] });
    }
    return due;
  }

  /** Moves some recent mail when there is much; to be called last in a wave. */
  moveSome(draft: Draft): void {
    if (this.#toMove.length === 0) {
      if (this.#recent().size < this.#sizes.mostRecent) return;
      this.#toMove = this.#recent().mailboxes().reverse();
    }
    const moved = this.#takeSome();
    for (const { mailbox, found } of moved) {
      const { number, record } = found;
      draft.write(indexKey(mailbox, number), encodeIndex(record));
      draft.write(numberKey(mailbox, record.storageId), uint48(number));
      draft.write(expiryKey(record.expires, number), PRESENT);
      draft.delete(recentKey(number));
    }
    draft.afterCommit(() => {
      for (const record of moved) this.#recent().remove(record);
    });
  }

  /** A write failed, and whether it is durable is not known: everything is read again before it is used. */
  forget(): void {
    this.#loaded = undefined;
    this.#toMove = [];
  }

  #takeSome(): RecentRecord[] {
    const taken: RecentRecord[] = [];
    while (taken.length < this.#sizes.movedAtOnce) {
      const mailbox = this.#toMove.at(-1);
      if (!mailbox) break;
      const durable = [...this.#recent().in(mailbox)].filter((record) => record.durable);
      const some = durable.slice(0, this.#sizes.movedAtOnce - taken.length);
      taken.push(...some);
      if (some.length === durable.length) this.#toMove.pop();
    }
    return taken;
  }

  #recent(): RecentMail {
    if (this.#loaded) return this.#loaded;
    const recent = new RecentMail();
    this.#damaged = [];
    for (const [key, value] of this.#store.range({ gte: RECENT_PREFIX, lt: afterPrefix(RECENT_PREFIX) })) {
      const number = numberOfKey(key);
      const read = decodeRecent(value);
      if (read) recent.add({ mailbox: read.mailbox, found: { number, record: read.record }, durable: true });
      else this.#damaged.push(number);
    }
    return (this.#loaded = recent);
  }
}
