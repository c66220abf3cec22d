import { sameBytes, toHex } from '../../bytes';
import { asToxAsyncError, ToxAsyncError } from '../../errors';
import type { PeerNetwork } from '../../network/peer-network';
import type { MessageOf } from '../../network/requests';
import type { StorageNodes } from '../storage-nodes/storage-nodes';
import { randomFraction } from '../../platform/random';
import type { WriteBatch } from '../../store/store';
import type { PublicKey } from '../../types';
import { withCopy, type Copy } from '../journal/copies';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { KeyedQueue } from '../../platform/keyed-queue';
import type { Wakeup } from '../wakeup';

/** Back-off of one message at one node, milliseconds. */
const RETRY_FIRST = 15_000;
const RETRY_MOST = 3_600_000;
/** A node that keeps mail for less than this, seconds, is not used, unless the life of the mail ends before. */
const LEAST_KEPT = 15;
/** A deposit is renewed when this share of its keeping time is over. */
const RENEW_AFTER = 0.9;
/** A node that has been away this long counts as gone, seconds. */
const GONE_AFTER = 3600;

type StoreRequest = Omit<MessageOf<'store'>, 'request'>;
type StoreAnswer = MessageOf<'store-answer'>;

interface Trial {
  inFlight: boolean;
  failures: number;
  /** Monotonic milliseconds. */
  retryAt: number;
}

/** Something that is to lie on storage nodes: a message of the outbox, or service mail. */
export interface Deposit {
  readonly sequence: number;
  readonly friend: PublicKey;
  /** Age at which its life began, and the life's length, seconds. */
  readonly acceptedAt: number;
  readonly lifetime: number;
  /** Absent while it has no envelope. */
  readonly sealed?: { readonly storageId: Uint8Array };
  readonly copies: readonly Copy[];
  /** The highest number of nodes reported so far. */
  readonly told: number;
  /** What a node confirmed is not deposited again. */
  readonly once?: boolean;
}

/** Where such entries are kept, durable. */
export interface DepositJournal<E extends Deposit> {
  entries(): E[];
  has(entry: E): boolean;
  /** Undefined while it must not leave the process. */
  envelope(entry: E): Uint8Array | undefined;
  recordCopy(writes: WriteBatch, entry: E, copy: Copy, told: number): void;
}

export interface DepositsComponents<E extends Deposit> extends Pick<
  BaseComponents,
  'store' | 'clock' | 'random' | 'ages'
> {
  readonly network: Pick<PeerNetwork, 'isProven'> & {
    request(node: PublicKey, request: StoreRequest): Promise<StoreAnswer>;
  };
  readonly nodes: Pick<StorageNodes, 'candidates' | 'noteSuccess' | 'noteFailure'>;
  readonly journal: DepositJournal<E>;
  readonly queues: KeyedQueue;
  readonly wakeup: Pick<Wakeup, 'soon'>;
  readonly hooks: Pick<AsyncClientHooks, 'onError'>;
}

export interface DepositsInit<E extends Deposit> {
  /** Copies of each. */
  readonly wanted: number;
  /** Longest a node is believed to keep mail, seconds. */
  readonly maxStorageTime: number;
  /** Awaited before each deposit. */
  readonly beforeDeposit?: (entry: E) => Promise<void>;
  /** More nodes than ever before have it. */
  readonly onStored?: (entry: E, nodes: number) => void;
}

/** Keeps up to k copies of each envelope on storage nodes until its receipt comes or its life is over. */
export class Deposits<E extends Deposit> {
  readonly #components: DepositsComponents<E>;
  readonly #init: DepositsInit<E>;
  readonly #trials = new Map<string, Trial>();
  /** Nodes and the age at which we last had a session with them. */
  readonly #seen = new Map<string, number>();

  constructor(components: DepositsComponents<E>, init: DepositsInit<E>) {
    this.#components = components;
    this.#init = init;
  }

  /** Asks as many nodes as copies are missing. */
  consider(entry: E): void {
    const envelope = this.#components.journal.envelope(entry);
    // Nobody need be asked for what its life leaves no second of.
    if (envelope === undefined || this.#remaining(entry) < 1) return;
    const good = new Set(this.#goodCopies(entry).map(({ node }) => toHex(node)));
    let missing = this.#init.wanted - good.size;
    for (const node of this.#components.nodes.candidates(entry.friend)) {
      this.#seen.set(toHex(node), this.#components.ages.now());
      if (good.has(toHex(node))) continue;
      const trial = this.#trial(entry, node);
      if (missing < 1) break;
      if (trial.inFlight) missing -= 1;
      if (trial.inFlight || trial.retryAt > this.#components.clock.monotonic()) continue;
      missing -= 1;
      trial.inFlight = true;
      void this.#deposit(entry, envelope, node, trial);
    }
  }

  /** A session with this node began: what was refused or failed there may be tried at once. */
  reset(node: PublicKey): void {
    const suffix = `@${toHex(node)}`;
    for (const [key, trial] of this.#trials) {
      if (key.endsWith(suffix) && !trial.inFlight) this.#trials.delete(key);
    }
  }

  /** The peer is no longer a friend. */
  forget(node: PublicKey): void {
    this.reset(node);
    this.#seen.delete(toHex(node));
  }

  /** Forgets trials of messages that are finished. */
  tidy(): void {
    const alive = new Set(this.#components.journal.entries().map(({ sequence }) => String(sequence)));
    for (const [key, trial] of this.#trials) {
      if (!trial.inFlight && !alive.has(key.slice(0, key.indexOf('@')))) this.#trials.delete(key);
    }
  }

  /** Seconds of its life that are left. */
  #remaining({ acceptedAt, lifetime }: Pick<E, 'acceptedAt' | 'lifetime'>): number {
    return acceptedAt + lifetime - this.#components.ages.now();
  }

  /** Copies that need no renewal, at nodes that are not gone. */
  #goodCopies(
    entry: Pick<E, 'acceptedAt' | 'lifetime' | 'once'> & { copies: readonly Copy[] },
  ): readonly Copy[] {
    if (entry.once) return entry.copies;
    const now = this.#components.ages.now();
    const left = this.#remaining(entry);
    return entry.copies.filter(({ node, at, kept }) => {
      const seen = this.#components.network.isProven(node)
        ? now
        : Math.max(at, this.#seen.get(toHex(node)) ?? 0);
      if (now - seen > GONE_AFTER) return false;
      // The last deposit of a life reaches to its end.
      return at + kept - now >= left || now - at < kept * RENEW_AFTER;
    });
  }

  async #deposit(entry: E, envelope: Uint8Array, node: PublicKey, trial: Trial): Promise<void> {
    const { network, nodes, queues, wakeup, hooks } = this.#components;
    const remaining = this.#remaining(entry);
    const storageId = entry.sealed?.storageId;
    try {
      await this.#init.beforeDeposit?.(entry);
      const answer = await network.request(node, { kind: 'store', remaining, envelope });
      if (isCopy(answer, storageId, remaining)) {
        nodes.noteSuccess(node);
        trial.failures = 0;
        await queues.run(entry.friend, () => this.#confirmed(entry, node, answer));
      } else {
        this.#backOff(trial, answer.code === 'rate' ? answer.wait * 1000 : 0);
      }
    } catch (error) {
      if (ToxAsyncError.is(error, 'ErrTimeout')) nodes.noteFailure(node);
      else if (!ToxAsyncError.is(error, 'ErrNotConnected')) hooks.onError(asToxAsyncError(error, 'ErrStore'));
      this.#backOff(trial, 0);
    } finally {
      trial.inFlight = false;
      wakeup.soon();
    }
  }

  async #confirmed(entry: E, node: PublicKey, answer: StoreAnswer): Promise<void> {
    const { journal, store, ages } = this.#components;
    // Finished, or sealed to another key while the node answered: this copy is of no use then.
    if (!journal.has(entry) || entry.sealed === undefined) return;
    if (toHex(entry.sealed.storageId) !== toHex(answer.storageId)) return;
    const copy = { node, at: ages.now(), kept: Math.min(answer.kept, this.#init.maxStorageTime) };
    const nodes = this.#goodCopies({ ...entry, copies: withCopy(entry.copies, copy) }).length;
    const rises = nodes > entry.told;
    const writes = store.batch();
    journal.recordCopy(writes, entry, copy, Math.max(nodes, entry.told));
    await writes.commit();
    if (rises) this.#init.onStored?.(entry, nodes);
  }

  #backOff(trial: Trial, atLeast: number): void {
    const wait = Math.min(RETRY_MOST, RETRY_FIRST * 2 ** trial.failures);
    trial.failures += 1;
    const jitter = 0.75 + randomFraction(this.#components.random) / 2;
    trial.retryAt = this.#components.clock.monotonic() + Math.max(atLeast, wait * jitter);
  }

  #trial(entry: E, node: PublicKey): Trial {
    const key = `${entry.sequence}@${toHex(node)}`;
    const known = this.#trials.get(key);
    if (known !== undefined) return known;
    const made: Trial = { inFlight: false, failures: 0, retryAt: 0 };
    this.#trials.set(key, made);
    return made;
  }
}

/** Whether the node has the envelope. One that hardly keeps it, or says that it has another, would be asked for ever. */
function isCopy(
  { code, kept, storageId }: StoreAnswer,
  expected: Uint8Array | undefined,
  remaining: number,
): boolean {
  if (code !== 'ok' && code !== 'known') return false;
  if (expected === undefined || !sameBytes(storageId, expected)) return false;
  return kept >= Math.min(remaining, LEAST_KEPT);
}
