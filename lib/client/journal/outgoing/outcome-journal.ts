import { concat } from '../../../bytes';
import { KEY_BYTES } from '../../../crypto/lengths';
import type { Clock } from '../../../platform/clock';
import type { WriteBatch } from '../../../store/store';
import { readSequence, sequenceKey, Table } from '../../../store/table';
import type { PublicKey } from '../../../types';
import { MEMORY_AFTER_LIFE } from '../../client-limits';
import type { AsyncClientHooks } from '../../client-options';
import type { BaseComponents } from '../../components';
import type { Outcome } from '../../messages';
import type { ContextName, Contexts } from './contexts';
import type { OutboxEntry } from './outbox';

type Step = Pick<Outcome, 'state' | 'nodes' | 'wanted' | 'reason' | 'code'>;
type Ending = Pick<Outcome, 'state' | 'nodes' | 'wanted'> &
  Partial<Pick<Outcome, 'via' | 'code' | 'mayArrive'>>;

export interface OutcomeJournalComponents extends Pick<BaseComponents, 'store' | 'ages'> {
  readonly clock: Pick<Clock, 'wall'>;
  readonly contexts: Pick<Contexts, 'of' | 'forget'>;
  readonly hooks: Pick<AsyncClientHooks, 'onOutcome' | 'onError'>;
}

/**
 * How messages ended. An ending is durable in the batch that finishes the message and stays marked as
 * unannounced until its listeners ran, so that a crash between the two repeats it instead of losing it. The message's
 * context is erased once its ending was reported; only `unconfirmed` keeps it, sealed, since a late receipt may come.
 */
export class OutcomeJournal {
  readonly #components: OutcomeJournalComponents;
  readonly #finished: Table<Outcome>;
  readonly #unannounced: Table<object>;
  /** What is told of overdue messages, until it was. */
  readonly #overdue: Table<Outcome>;
  readonly #expiry: Table<{ id: Uint8Array; keys: readonly number[] }>;
  /** Of `unconfirmed` messages, by friend and key. */
  readonly #byKey: Table<{ messageId: Uint8Array }>;
  #announcing = false;
  /** Endings that were told: the marks of those that one turn tells of go in one batch. */
  #told: { readonly id: Uint8Array; readonly outcome: Outcome | undefined }[] = [];
  #unmarking: Promise<void> | undefined;
  /** Batches of marks that the disk has not taken yet. */
  readonly #unmarks = new Set<Promise<void>>();

  constructor(components: OutcomeJournalComponents) {
    this.#components = components;
    this.#finished = new Table(components.store, 'finished');
    this.#unannounced = new Table(components.store, 'unannounced');
    this.#overdue = new Table(components.store, 'unannounced-overdue');
    this.#expiry = new Table(components.store, 'finished-expiry');
    this.#byKey = new Table(components.store, 'finished-key');
  }

  /** How the message ended, without its context, while that is remembered. */
  find(friend: PublicKey, messageId: Uint8Array): Outcome | undefined {
    return this.#finished.get(friend, messageId);
  }

  /** The id of the message that was sealed to this key of the friend's and ended `unconfirmed`. */
  unconfirmedBy(friend: PublicKey, preKeyId: number): Uint8Array | undefined {
    return this.#byKey.get(friend, sequenceKey(preKeyId))?.messageId;
  }

  /** Makes the ending durable with `writes` and tells it after the commit. */
  finish(writes: WriteBatch, entry: OutboxEntry, ending: Ending): void {
    const outcome = this.#outcomeOf(entry, ending);
    const until = entry.acceptedAt + entry.lifetime + MEMORY_AFTER_LIFE;
    const id = concat(entry.friend, entry.messageId);
    const keys = ending.state === 'unconfirmed' ? entry.keys : [];
    this.#expiry.put(writes, [sequenceKey(until), id], { id, keys });
    const { friend, messageId } = entry;
    for (const key of keys) this.#byKey.put(writes, [friend, sequenceKey(key)], { messageId });
    this.#record(writes, id, outcome);
  }

  /** A receipt that came after the end of the life: unconfirmed becomes delivered. */
  confirmLate(writes: WriteBatch, friend: PublicKey, messageId: Uint8Array): void {
    const outcome = this.find(friend, messageId);
    if (outcome?.state !== 'unconfirmed') return;
    const delivered: Outcome = {
      ...outcome,
      state: 'delivered',
      via: 'stored',
      at: this.#components.clock.wall(),
    };
    this.#record(writes, concat(friend, messageId), delivered);
  }

  /**
   * A step that is not an end: reported once, not repeated after a crash.
   * @param known nodes that could have a copy now
   */
  stored(
    entry: OutboxEntry,
    { nodes, wanted, known }: { nodes: number; wanted: number; known: number },
  ): void {
    const few = known < wanted && nodes < wanted ? { reason: 'few-nodes' as const } : {};
    this.#step(entry, { state: 'stored', nodes, wanted, ...few });
  }

  /** It waits for something else than was said last. Another step. */
  queued(entry: OutboxEntry, waiting: Pick<Outcome, 'reason' | 'code'> & Pick<Outcome, 'wanted'>): void {
    this.#step(entry, { state: 'queued', nodes: 0, ...waiting });
  }

  /** No receipt came in time. No ending, but made durable with `writes` and told after the commit as one is. */
  overdue(writes: WriteBatch, entry: OutboxEntry, step: Omit<Step, 'state'>): void {
    const id = concat(entry.friend, entry.messageId);
    const { hooks } = this.#components;
    this.#overdue.put(writes, [id], this.#outcomeOf(entry, { state: 'overdue', ...step }));
    writes.afterCommit(() => {
      if (this.#announcing) this.#announceOverdue(id).catch((error: unknown) => hooks.onError(error));
    });
  }

  #step(entry: OutboxEntry, step: Step): void {
    if (this.#announcing) this.#tell(this.#outcomeOf(entry, step));
  }

  #outcomeOf({ messageId, friend, createdAt, lifetime }: OutboxEntry, step: Step | Ending): Outcome {
    const expiresAt = createdAt + lifetime * 1000;
    return { messageId, friend, ...step, createdAt, expiresAt, at: this.#components.clock.wall() };
  }

  #tell(outcome: Outcome): void {
    const { contexts, hooks } = this.#components;
    hooks.onOutcome({ ...outcome, ...contexts.of(outcome) });
  }

  /** From now on endings are reported; earlier ones that nobody heard come first, after what was overdue. */
  async start(): Promise<void> {
    this.#announcing = true;
    const overdue = [...this.#overdue.entries()].map(({ rest }) => rest);
    await Promise.all(overdue.map((id) => this.#announceOverdue(id)));
    const ids = [...this.#unannounced.entries()].map(({ rest }) => rest);
    await Promise.all(ids.map((id) => this.#announce(id, this.#finished.get(id))));
  }

  /** Nothing is told any more. Resolves when the contexts of what was told are erased, as far as the disk let us. */
  async stop(): Promise<void> {
    this.#announcing = false;
    await Promise.all(this.#unmarks);
  }

  /** Forgets endings whose time is over. @returns the age at which the next goes; Infinity: there is none */
  expire(writes: WriteBatch): number {
    const now = this.#components.ages.now();
    for (const { rest, record } of this.#expiry.entries()) {
      const until = readSequence(rest);
      if (until >= now) return until + 1;
      this.#expiry.delete(writes, [rest]);
      this.#finished.delete(writes, [record.id]);
      this.#unannounced.delete(writes, [record.id]);
      const { friend } = nameOf(record.id);
      for (const key of record.keys) this.#byKey.delete(writes, [friend, sequenceKey(key)]);
      this.#components.contexts.forget(writes, nameOf(record.id));
    }
    return Infinity;
  }

  #record(writes: WriteBatch, id: Uint8Array, outcome: Outcome): void {
    const { hooks } = this.#components;
    this.#finished.put(writes, [id], outcome);
    this.#unannounced.put(writes, [id], {});
    writes.afterCommit(() => {
      if (this.#announcing) this.#announce(id, outcome).catch((error: unknown) => hooks.onError(error));
    });
  }

  async #announce(id: Uint8Array, outcome: Outcome | undefined): Promise<void> {
    if (outcome !== undefined) this.#tell(outcome);
    this.#told.push({ id, outcome });
    this.#unmarking ??= this.#unmarkSoon();
    await this.#unmarking;
  }

  #unmarkSoon(): Promise<void> {
    const unmark = Promise.resolve().then(() => this.#unmark());
    this.#unmarks.add(unmark);
    return unmark.finally(() => this.#unmarks.delete(unmark));
  }

  async #unmark(): Promise<void> {
    const { contexts, store } = this.#components;
    const told = this.#told;
    this.#told = [];
    this.#unmarking = undefined;
    try {
      const writes = store.batch();
      for (const { id, outcome } of told) {
        this.#unannounced.delete(writes, [id]);
        if (outcome?.state !== 'unconfirmed') contexts.forget(writes, nameOf(id));
      }
      await writes.commit({ canWait: true });
    } catch {
      // The endings are reported again after the next start, which is what the mark is for.
    }
  }

  async #announceOverdue(id: Uint8Array): Promise<void> {
    const outcome = this.#overdue.get(id);
    if (outcome !== undefined) this.#tell(outcome);
    const writes = this.#components.store.batch();
    this.#overdue.delete(writes, [id]);
    await writes.commit().catch(() => undefined);
  }
}

function nameOf(id: Uint8Array): ContextName {
  return { friend: id.slice(0, KEY_BYTES), messageId: id.slice(KEY_BYTES) };
}
