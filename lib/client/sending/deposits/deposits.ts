import { sameBytes, textOfBytes } from '../../../bytes';
import { asToxAsyncError, ToxAsyncError } from '../../../errors';
import type { MessageOf } from '../../../network/requests';
import type { CodeWord } from '../../../protocol/codes';
import type { SharedStores } from '../../storage-nodes/fleets/shared-stores';
import type { StorageNodes } from '../../storage-nodes/storage-nodes';
import type { WriteBatch } from '../../../store/store';
import type { PublicKey } from '../../../types';
import { withCopy, type Copy } from '../../journal/outgoing/copies';
import type { AsyncClientHooks } from '../../client-options';
import type { BaseComponents } from '../../components';
import type { KeyedQueue } from '../../../platform/queues/keyed-queue';
import { TurnBatcher } from '../../../platform/queues/turn-batcher';
import { type Deposit, type DepositJournal, isCopy, type StoreAnswer } from './deposit';
import { NodeLanes, type NodeLane } from './node-lanes';
import { Trials, type Trial } from './trials';

/** A deposit is renewed when this share of its keeping time is over. */
const RENEW_AFTER = 0.9;

type StoreRequest = Omit<MessageOf<'store'>, 'request'>;

/** A node has the envelope. */
interface Confirmation<E extends Deposit> {
  readonly entry: E;
  readonly node: PublicKey;
  readonly answer: StoreAnswer;
}

export interface DepositsComponents<E extends Deposit> extends Pick<
  BaseComponents,
  'store' | 'clock' | 'random' | 'ages'
> {
  readonly network: { request(node: PublicKey, request: StoreRequest): Promise<StoreAnswer> };
  readonly nodes: Pick<
    StorageNodes,
    'candidates' | 'goneAt' | 'holds' | 'isGone' | 'noteSuccess' | 'noteFailure'
  > & { readonly stores: Pick<SharedStores, 'copiesAt' | 'isShared'> };
  readonly journal: DepositJournal<E>;
  readonly queues: KeyedQueue;
  readonly hooks: Pick<AsyncClientHooks, 'onError'>;
}

export interface DepositsInit<E extends Deposit> {
  /** Copies of each. */
  readonly wanted: number;
  /** Longest a node is believed to keep mail, seconds. */
  readonly maxStorageTime: number;
  /** The node answered, or did not: `consider` it again once the present events are through, and then the `turns`. */
  readonly onAnswer: (entry: E) => void;
  /** A node is through with one, and others are in line for it: look at the `turns` once the present events are through. */
  readonly onPlace: () => void;
  /** Awaited before each deposit. */
  readonly beforeDeposit?: (entry: E) => Promise<void>;
  /** Whether another node is to have this mail too, whatever this one has of it. */
  readonly isSpare?: (entry: E, node: PublicKey) => boolean;
  /** Monotonic milliseconds before which a node gets nothing of this mail. */
  readonly avoidedUntil?: (entry: E, node: PublicKey) => number | undefined;
  /** Whether a node that has the envelope has all that belongs to it; without it that is all. */
  readonly isWhole?: (entry: E, copy: Copy) => boolean;
  /** More nodes than ever before have it, never more than wanted. `isFirst`: none had it before. */
  readonly onStored?: (entry: E, nodes: number, isFirst: boolean) => void;
}

/** Keeps up to k copies of each envelope on storage nodes until its receipt comes or its life is over. */
export class Deposits<E extends Deposit> {
  readonly #components: DepositsComponents<E>;
  readonly #init: DepositsInit<E>;
  readonly #trials: Trials<E>;
  readonly #lanes: NodeLanes<E>;
  /** Those of one friend that come while its queue is busy, and while the disk is, share a batch. */
  readonly #confirmations: TurnBatcher<Confirmation<E>, void>;

  constructor(components: DepositsComponents<E>, init: DepositsInit<E>) {
    this.#components = components;
    this.#init = init;
    this.#trials = new Trials(components);
    this.#lanes = new NodeLanes(init.onPlace);
    this.#confirmations = new TurnBatcher(components, {
      nameOf: ({ entry, node }) => `${entry.sequence} ${textOfBytes(node)}`,
      take: (confirmations) => this.#confirmed(confirmations),
    });
  }

  /**
   * Asks as many nodes as copies are missing.
   * @returns monotonic milliseconds at which that may change without an event; Infinity: never
   */
  consider(entry: E): number {
    const { nodes } = this.#components;
    // Nobody need be asked for what its life leaves no second of.
    if (entry.sealed === undefined || this.#remaining(entry) < 1) return Infinity;
    const fresh = this.fresh(entry);
    const good = fresh.filter(({ node }) => !this.#init.isSpare?.(entry, node));
    let next = Math.min(...fresh.map((copy) => this.#freshUntil(entry, copy)));
    const asked = this.#trials.underWay(entry);
    const isEnough = () =>
      nodes.stores.copiesAt(entry.friend, [...nodesOf(good), ...asked]) >= this.#init.wanted;
    if (isEnough()) return next;
    for (const node of nodes.candidates(entry.friend, entry)) {
      if (isEnough()) break;
      // One that shares its store with another has what that has.
      if (nodes.stores.isShared(node, [...nodesOf(fresh), ...asked])) continue;
      const trial = this.#trials.of(entry, node);
      if (trial.inFlight) continue;
      const heldUntil = nodes.holds.heldUntil(node, depositedAt(entry, node));
      const waitsUntil =
        this.#init.avoidedUntil?.(entry, node) ?? heldUntil ?? this.#trials.waitsUntil(trial);
      if (waitsUntil !== undefined) {
        next = Math.min(next, waitsUntil);
        continue;
      }
      const lane = this.#lanes.of(node);
      if (!this.#lanes.hasPlace(lane)) {
        lane.line.add(entry);
        // Its turn comes soon, unless the node leaves all others waiting too.
        if (!lane.silent) asked.push(node);
        continue;
      }
      asked.push(node);
      void this.#deposit(entry, trial, lane);
    }
    return next;
  }

  /** Those whose turn it is, as long as there are places: each is considered before the next is asked for. */
  turns(): Generator<E, void> {
    return this.#lanes.turns();
  }

  /** Whether the node can be asked for more now: what goes behind these waits until they are through. */
  hasPlace(node: PublicKey): boolean {
    return this.#lanes.hasPlace(this.#lanes.of(node));
  }

  /** Why this node took no copy of it, as it said itself; undefined when it did not refuse, or may take it now. */
  refusalOf(entry: E, node: PublicKey): CodeWord | undefined {
    return this.#components.nodes.holds.refusalOf(node, entry.friend) ?? this.#trials.refusalOf(entry, node);
  }

  /** A session with this node began: what was refused or failed there may be tried at once. */
  reset(node: PublicKey): void {
    this.#trials.reset(node);
    this.#lanes.reset(node);
  }

  /** The peer is no longer a friend. */
  forget(node: PublicKey): void {
    this.reset(node);
    this.#lanes.forget(node);
  }

  /** Seconds of its life that are left. */
  #remaining({ acceptedAt, lifetime }: Pick<Deposit, 'acceptedAt' | 'lifetime'>): number {
    return acceptedAt + lifetime - this.#components.ages.now();
  }

  /** Copies that need no renewal, at nodes that are not gone. */
  fresh(entry: Pick<Deposit, 'acceptedAt' | 'lifetime' | 'once' | 'copies'>): readonly Copy[] {
    if (entry.once) return entry.copies;
    const now = this.#components.ages.now();
    return entry.copies.filter(
      (copy) => !this.#components.nodes.isGone(copy.node) && this.#endOf(entry, copy) > now,
    );
  }

  /** Age at which a copy is to be renewed; Infinity for the last one of a life, which reaches to its end. */
  #endOf(
    { acceptedAt, lifetime, once }: Pick<Deposit, 'acceptedAt' | 'lifetime' | 'once'>,
    copy: Copy,
  ): number {
    if (once || copy.at + copy.kept >= acceptedAt + lifetime) return Infinity;
    return copy.at + copy.kept * RENEW_AFTER;
  }

  /** Monotonic milliseconds at which a fresh copy will need a renewal, or another in its place; Infinity: never. */
  #freshUntil(entry: E, copy: Copy): number {
    if (entry.once) return Infinity;
    const { nodes, ages, clock } = this.#components;
    const renewedIn = (this.#endOf(entry, copy) - ages.now()) * 1000;
    return Math.min(clock.monotonic() + renewedIn, nodes.goneAt(copy.node));
  }

  async #deposit(entry: E, trial: Trial, lane: NodeLane<E>): Promise<void> {
    const { journal, network, nodes, hooks, clock } = this.#components;
    const { node } = trial;
    const remaining = this.#remaining(entry);
    const storageId = entry.sealed?.storageId;
    const deposited = depositedAt(entry, node);
    trial.inFlight = true;
    const leave = this.#lanes.enter(lane);
    try {
      await this.#init.beforeDeposit?.(entry);
      const envelope = journal.envelope(entry);
      if (envelope === undefined) {
        this.#trials.backOff(trial);
        return;
      }
      const askedAt = clock.monotonic();
      const answer = await network.request(node, { kind: 'store', remaining, envelope });
      lane.silent = false;
      // The next one goes while the disk notes what this answer says.
      leave();
      if (isCopy(answer, storageId, remaining)) {
        nodes.noteSuccess(node, clock.monotonic() - askedAt);
        nodes.holds.noteTaken(node, deposited);
        trial.failures = 0;
        trial.refusal = undefined;
        await this.#confirmations.add(entry.friend, { entry, node, answer });
      } else {
        nodes.holds.refused(node, entry.friend, answer);
        const { code } = answer;
        const isRefusal = code !== 'ok' && code !== 'known';
        if (nodes.holds.heldUntil(node, deposited) === undefined)
          this.#trials.backOff(trial, isRefusal ? code : undefined);
      }
    } catch (error) {
      this.#trials.backOff(trial);
      if (ToxAsyncError.is(error, 'ErrTimeout')) {
        lane.silent = true;
        nodes.noteFailure(node);
      } else if (!ToxAsyncError.is(error, 'ErrNotConnected', 'ErrRateLimited')) {
        hooks.onError(asToxAsyncError(error, 'ErrStore'));
      }
    } finally {
      trial.inFlight = false;
      leave();
      this.#init.onAnswer(entry);
    }
  }

  async #confirmed(confirmations: readonly Confirmation<E>[]): Promise<void[]> {
    const { journal, store, ages } = this.#components;
    const copies = new Map<E, Copy[]>();
    for (const { entry, node, answer } of confirmations) {
      // Finished, or sealed to another key while the node answered: this copy counts for nothing then.
      if (!journal.has(entry) || entry.sealed === undefined) continue;
      if (!sameBytes(entry.sealed.storageId, answer.storageId)) continue;
      const copy = { node, at: ages.now(), kept: Math.min(answer.kept, this.#init.maxStorageTime) };
      copies.set(entry, [...(copies.get(entry) ?? []), copy]);
    }
    const writes = store.batch();
    for (const [entry, added] of copies) this.record(writes, entry, added);
    if (copies.size > 0) await writes.commit();
    return confirmations.map(() => undefined);
  }

  /** In the friend's queue: nodes have the envelope, or now also the rest of what belongs to it. */
  record(writes: WriteBatch, entry: E, added: readonly Copy[]): void {
    const copies = added.reduce<readonly Copy[]>(withCopy, entry.copies);
    const fresh = this.fresh({ ...entry, copies });
    const whole = fresh.filter((each) => this.#init.isWhole?.(entry, each) ?? true);
    // One that was gone and came back makes more than there should be.
    const copiesIn = this.#components.nodes.stores.copiesAt(entry.friend, nodesOf(whole));
    const nodes = Math.min(copiesIn, this.#init.wanted);
    const { told } = entry;
    this.#components.journal.recordCopies(writes, entry, copies, Math.max(nodes, told));
    writes.afterCommit(() => {
      if (nodes > told) this.#init.onStored?.(entry, nodes, told === 0);
    });
  }
}

const nodesOf = (copies: readonly Copy[]) => copies.map(({ node }) => node);

function depositedAt(
  { friend, copies }: Deposit,
  node: PublicKey,
): { friend: PublicKey; isRenewal: boolean } {
  return { friend, isRenewal: copies.some((copy) => sameBytes(copy.node, node)) };
}
