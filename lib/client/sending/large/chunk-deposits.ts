import { sameBytes } from '../../../bytes';
import { asToxAsyncError, ToxAsyncError } from '../../../errors';
import type { MessageOf, RequestOptions } from '../../../network/requests';
import { PeerMap, PeerSet } from '../../../peer-map';
import { TokenBuckets } from '../../../platform/token-bucket';
import type { CodeWord } from '../../../protocol/codes';
import type { PublicKey } from '../../../types';
import type { AsyncClientHooks } from '../../client-options';
import type { BaseComponents } from '../../components';
import type { Copy } from '../../journal/outgoing/copies';
import type { Outbox, OutboxEntry } from '../../journal/outgoing/outbox';
import type { KeyedQueue } from '../../../platform/queues/keyed-queue';
import type { StorageNodes } from '../../storage-nodes/storage-nodes';
import type { Wakeup } from '../../wakeup';
import { isCopy } from '../deposits/deposit';
import type { Deposits } from '../deposits/deposits';
import { Line } from '../line';
import type { ChunkTrial, ChunkTrials } from './chunk-trials';
import type { ChunkProgress } from './chunk-progress';
import type { LargePayloads } from './large-payloads';

/** Chunks under way at one node; a node that refused one is asked for one at a time. */
const MOST_UNDER_WAY = 4;
/** Milliseconds a node has for its answer: a chunk takes four packets, and others may be in front of it. */
const ANSWER_MS = 30_000;
/** Well below what a node takes of one peer, which small messages need too. */
const PACE = { burst: 120, perSecond: 10 };
/** What a node says that has no room for the message, or never takes it. */
const NO_ROOM: ReadonlySet<CodeWord> = new Set<CodeWord>([
  'node-share',
  'node-full',
  'off',
  'no-mailbox',
  'bad-request',
]);

type StoreRequest = Omit<MessageOf<'store'>, 'request'>;
type StoreAnswer = MessageOf<'store-answer'>;

/** What goes to one node. */
interface Lane {
  underWay: number;
  /** Messages whose chunks found no place. */
  readonly line: Line<OutboxEntry>;
}

export interface ChunkDepositsComponents extends Pick<BaseComponents, 'clock' | 'ages' | 'store'> {
  readonly network: {
    request(node: PublicKey, request: StoreRequest, options: RequestOptions): Promise<StoreAnswer>;
  };
  readonly nodes: Pick<StorageNodes, 'candidates' | 'holds' | 'noteFailure' | 'noteSuccess'>;
  readonly outbox: Pick<Outbox, 'has'>;
  readonly chunks: Pick<ChunkProgress, 'has' | 'isWhole' | 'note' | 'until'>;
  readonly chunkTrials: ChunkTrials;
  readonly payloads: Pick<LargePayloads, 'chunk'>;
  readonly deposits: Pick<Deposits<OutboxEntry>, 'fresh' | 'hasPlace' | 'record'>;
  readonly queues: KeyedQueue;
  readonly wakeup: Pick<Wakeup, 'message'>;
  readonly hooks: Pick<AsyncClientHooks, 'onError'>;
}

/** Deposits the chunks of large messages on the nodes that have their heads, behind all that is small. */
export class ChunkDeposits {
  readonly #components: ChunkDepositsComponents;
  readonly #pace: TokenBuckets;
  readonly #lanes = new PeerMap<Lane>();

  constructor(components: ChunkDepositsComponents) {
    this.#components = components;
    this.#pace = new TokenBuckets(PACE, components.clock);
  }

  /**
   * Asks each node that has the head for the chunks that it lacks, as far as there are places.
   * @returns monotonic milliseconds at which that may change without an event; Infinity: never
   */
  consider(entry: OutboxEntry): number {
    const { nodes, deposits } = this.#components;
    if (entry.sealed === undefined || entry.large === undefined || this.#remaining(entry) < 1)
      return Infinity;
    const here = new PeerSet(nodes.candidates(entry.friend));
    let next = Infinity;
    for (const copy of deposits.fresh(entry)) {
      if (here.has(copy.node)) next = Math.min(next, this.#fill(entry, copy, entry.large.chunks));
    }
    return next;
  }

  /** Those whose turn it is, as long as there are places: each is considered before the next is asked for. */
  *turns(): Generator<OutboxEntry, void> {
    for (const [node, lane] of this.#lanes) {
      for (let left = lane.line.size; left > 0 && this.#hasPlace(node); left -= 1) {
        const next = lane.line.next();
        if (next !== undefined) yield next;
      }
    }
  }

  /** A session with this node began. */
  reset(node: PublicKey): void {
    this.#components.chunkTrials.reset(node);
  }

  /** The peer is no longer a friend. */
  forget(node: PublicKey): void {
    this.reset(node);
    this.#pace.forget(node);
    if (this.#lanes.get(node)?.underWay === 0) this.#lanes.delete(node);
  }

  #fill(entry: OutboxEntry, copy: Copy, chunks: number): number {
    const { nodes, chunkTrials, clock } = this.#components;
    const { node } = copy;
    const trial = chunkTrials.of(entry, node);
    const most = trial.retryAt > 0 ? 1 : MOST_UNDER_WAY;
    for (let index = 0; index < chunks; index++) {
      if (trial.underWay.has(index) || this.#components.chunks.has(entry, holderOf(copy), index)) continue;
      if (trial.underWay.size >= most) return Infinity;
      const heldUntil = nodes.holds.heldUntil(node, { friend: entry.friend, isRenewal: true });
      const waitsUntil = heldUntil ?? chunkTrials.waitsUntil(trial);
      if (waitsUntil !== undefined) return waitsUntil;
      if (!this.#hasPlace(node)) {
        this.#laneOf(node).line.add(entry);
        return Infinity;
      }
      const wait = this.#pace.take(node);
      if (wait > 0) return clock.monotonic() + wait * 1000;
      void this.#deposit(entry, copy, trial, index);
    }
    return Infinity;
  }

  async #deposit(entry: OutboxEntry, copy: Copy, trial: ChunkTrial, index: number): Promise<void> {
    const { network, payloads, nodes, chunkTrials, hooks } = this.#components;
    const { node } = copy;
    const remaining = this.#remaining(entry);
    const lane = this.#laneOf(node);
    trial.underWay.add(index);
    lane.underWay += 1;
    try {
      const chunk = payloads.chunk(entry, index);
      if (chunk === undefined) {
        chunkTrials.backOff(trial);
        return;
      }
      const request = { kind: 'store', remaining, envelope: chunk.envelope } as const;
      const answer = await network.request(node, request, { timeoutMs: ANSWER_MS });
      if (isCopy(answer, chunk.storageId, remaining)) {
        nodes.noteSuccess(node);
        nodes.holds.noteTaken(node, { friend: entry.friend, isRenewal: true });
        chunkTrials.succeed(trial);
        await this.#confirmed(entry, copy, index, answer.kept);
      } else if (answer.code === 'rate') {
        nodes.holds.refused(node, entry.friend, answer, false);
      } else if (NO_ROOM.has(answer.code)) {
        chunkTrials.avoid(trial);
      } else {
        chunkTrials.backOff(trial, answer.code !== 'mailbox-share');
      }
    } catch (error) {
      chunkTrials.backOff(trial);
      if (ToxAsyncError.is(error, 'ErrTimeout')) nodes.noteFailure(node);
      else if (!ToxAsyncError.is(error, 'ErrNotConnected', 'ErrRateLimited'))
        hooks.onError(asToxAsyncError(error, 'ErrStore'));
    } finally {
      trial.underWay.delete(index);
      lane.underWay -= 1;
      this.#components.wakeup.message(entry);
    }
  }

  async #confirmed(entry: OutboxEntry, copy: Copy, index: number, kept: number): Promise<void> {
    const { chunks, queues, ages } = this.#components;
    // The head may have been sealed or deposited anew since.
    if (!this.#isPresent(entry, copy)) return;
    chunks.note(entry, holderOf(copy), index, ages.now() + kept);
    if (chunks.isWhole(entry, holderOf(copy))) await queues.run(entry.friend, () => this.#whole(entry, copy));
  }

  /** The copy lasts as long as the chunk that the node drops first. */
  async #whole(entry: OutboxEntry, copy: Copy): Promise<void> {
    const { chunks, deposits, store } = this.#components;
    if (!this.#isPresent(entry, copy)) return;
    const kept = Math.min(copy.kept, chunks.until(entry, holderOf(copy)) - copy.at);
    const writes = store.batch();
    deposits.record(writes, entry, [{ ...copy, kept }]);
    await writes.commit();
  }

  #isPresent(entry: OutboxEntry, copy: Copy): boolean {
    if (!this.#components.outbox.has(entry)) return false;
    return entry.copies.some(({ node, at }) => sameBytes(node, copy.node) && at === copy.at);
  }

  #remaining({ acceptedAt, lifetime }: OutboxEntry): number {
    return acceptedAt + lifetime - this.#components.ages.now();
  }

  #hasPlace(node: PublicKey): boolean {
    return this.#laneOf(node).underWay < MOST_UNDER_WAY && this.#components.deposits.hasPlace(node);
  }

  #laneOf(node: PublicKey): Lane {
    return this.#lanes.getOrInsert(node, () => ({ underWay: 0, line: new Line() }));
  }
}

function holderOf({ node, at }: Copy) {
  return { peer: node, since: at };
}
