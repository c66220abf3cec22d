import { ToxAsyncError } from '../../../errors';
import type { MessageOf, RequestOptions } from '../../../network/requests';
import { PeerMap } from '../../../peer-map';
import { backoff } from '../../../platform/backoff';
import type { KeyedQueue } from '../../../platform/queues/keyed-queue';
import type { PublicKey } from '../../../types';
import type { AsyncClientHooks } from '../../client-options';
import type { BaseComponents } from '../../components';
import type { Outbox, OutboxEntry } from '../../journal/outgoing/outbox';
import type { ChunkProgress } from './chunk-progress';
import type { LargePayloads } from './large-payloads';

/** Back-off of what a friend could not take or did not answer, milliseconds. */
export const DELIVERY_RETRY = { first: 30_000, longest: 600_000 };
/** Of all that is under way to a friend, chunks. */
const MOST_CHUNKS = 4;
/** Milliseconds a friend has for its answer: a chunk takes four packets, and others may be in front of it. */
const ANSWER_MS = 30_000;

/** One large message in one session. */
interface Course {
  readonly underWay: Set<number>;
  failures: number;
  /** Monotonic milliseconds. */
  notBefore: number;
}

export interface ChunkDeliveryComponents extends Pick<BaseComponents, 'store' | 'clock'> {
  readonly network: {
    request(
      friend: PublicKey,
      request: Omit<MessageOf<'deliver'>, 'request'>,
      options?: RequestOptions,
    ): Promise<MessageOf<'deliver-answer'>>;
  };
  readonly outbox: Pick<Outbox, 'has'>;
  readonly chunks: Pick<ChunkProgress, 'clear' | 'has' | 'isWhole' | 'note'>;
  readonly payloads: Pick<LargePayloads, 'chunk'>;
  readonly queues: KeyedQueue;
  readonly hooks: Pick<AsyncClientHooks, 'onError'>;
}

export interface ChunkDeliveryInit {
  /** The friend answered a chunk, or did not: `consider` the message again once the present events are through. */
  readonly onAnswer: (entry: OutboxEntry) => void;
  /** The friend does not expect a chunk: it has no such head any more. */
  readonly onUnknown: (entry: OutboxEntry) => void;
}

/** Delivers the chunks of a large message to a friend who is connected and has its head. */
export class ChunkDelivery {
  readonly #components: ChunkDeliveryComponents;
  readonly #init: ChunkDeliveryInit;
  /** By friend, then by sequence of the message; of the present session. */
  readonly #courses = new PeerMap<Map<number, Course>>();

  constructor(components: ChunkDeliveryComponents, init: ChunkDeliveryInit) {
    this.#components = components;
    this.#init = init;
  }

  /** The session with the friend ended. */
  close(friend: PublicKey): void {
    this.#courses.delete(friend);
  }

  /** Chunks that are under way to the friend. */
  underWay(friend: PublicKey): number {
    let count = 0;
    for (const { underWay } of this.#courses.get(friend)?.values() ?? []) count += underWay.size;
    return count;
  }

  /**
   * In the friend's queue: it answered the head. With `ok` it has nothing else of the message, whatever it and the nodes
   * had before. If it has the head and was given all chunks, and still there is no receipt, it gets them once more.
   */
  async headTaken(entry: OutboxEntry, code: 'ok' | 'known'): Promise<void> {
    const { outbox, chunks, store } = this.#components;
    if (!outbox.has(entry)) return;
    if (code === 'known' && !chunks.isWhole(entry, holderOf(entry))) return;
    const writes = store.batch();
    chunks.clear(writes, entry, code === 'ok' ? undefined : entry.friend);
    await writes.commit();
  }

  /**
   * Sends what is due.
   * @param room how many deliveries more may be under way to the friend
   * @returns false while the friend could not take a chunk, so that nodes are asked
   */
  consider(entry: OutboxEntry, room: number): boolean {
    const course = this.#courseOf(entry);
    if (course.notBefore > this.#components.clock.monotonic()) return false;
    for (let index = 0; index < (entry.large?.chunks ?? 0); index++) {
      const underWay = this.underWay(entry.friend);
      if (underWay >= Math.min(MOST_CHUNKS, room)) break;
      if (course.underWay.has(index) || this.#components.chunks.has(entry, holderOf(entry), index)) continue;
      void this.#deliver(course, entry, index);
    }
    return true;
  }

  /** Monotonic milliseconds at which chunks are offered again; Infinity: no such time. */
  offersAgainAt(entry: OutboxEntry): number {
    const { notBefore } = this.#courseOf(entry);
    return notBefore > this.#components.clock.monotonic() ? notBefore : Infinity;
  }

  async #deliver(course: Course, entry: OutboxEntry, index: number): Promise<void> {
    const { network, outbox, chunks, payloads, hooks } = this.#components;
    const { friend, sealed } = entry;
    course.underWay.add(index);
    try {
      const chunk = payloads.chunk(entry, index);
      if (chunk === undefined) {
        this.#backOff(course);
        return;
      }
      const request = { kind: 'deliver', envelope: chunk.envelope } as const;
      const { code } = await network.request(friend, request, { timeoutMs: ANSWER_MS });
      // Of a session that ended, or a head that was sealed anew since, nothing counts.
      if (!outbox.has(entry) || this.#courseOf(entry) !== course || entry.sealed !== sealed) return;
      if (code === 'ok' || code === 'known') {
        course.failures = 0;
        chunks.note(entry, holderOf(entry), index);
      } else {
        this.#backOff(course);
        if (code !== 'busy') this.#init.onUnknown(entry);
      }
    } catch (error) {
      this.#backOff(course);
      if (!ToxAsyncError.is(error, 'ErrTimeout', 'ErrNotConnected')) hooks.onError(error);
    } finally {
      course.underWay.delete(index);
      this.#init.onAnswer(entry);
    }
  }

  /** What else was under way at the time fails with it. */
  #backOff(course: Course): void {
    const now = this.#components.clock.monotonic();
    if (course.notBefore > now) return;
    course.failures += 1;
    course.notBefore = now + backoff(course.failures, DELIVERY_RETRY);
  }

  #courseOf({ friend, sequence }: OutboxEntry): Course {
    const courses = this.#courses.getOrInsert(friend, () => new Map<number, Course>());
    const known = courses.get(sequence);
    if (known) return known;
    const course = { underWay: new Set<number>(), failures: 0, notBefore: 0 };
    courses.set(sequence, course);
    return course;
  }
}

function holderOf({ friend }: OutboxEntry) {
  return { peer: friend, since: 0 };
}
