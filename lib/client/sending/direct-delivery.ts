import { PeerMap } from '../../peer-map';
import { ToxAsyncError } from '../../errors';
import { backoff } from '../../platform/backoff';
import type { Timer } from '../../platform/timers';
import type { CodeWord } from '../../protocol/codes';
import type { PublicKey } from '../../types';
import { TurnBatcher } from '../../platform/queues/turn-batcher';
import type { Completion } from './completion';
import type { Outbox, OutboxEntry } from '../journal/outgoing/outbox';
import type { BaseComponents } from '../components';
import type { Wakeup } from '../wakeup';
import { ChunkDelivery, DELIVERY_RETRY, type ChunkDeliveryComponents } from './large/chunk-delivery';
import { Line } from './line';

/** Envelopes under way to one friend at a time. */
const WINDOW = 16;
/** How long the friend's first state of a session is waited for, from the keys or its last receipts on, and in all. */
const STATE_MS = 10_000;
const STATE_MOST = 60_000;

/** Stands for a time in `notBefore` while the friend's answer, or its list of live keys, is awaited. */
const IN_FLIGHT = Number.MAX_SAFE_INTEGER;
const AWAITING_STATE = IN_FLIGHT - 1;
/** Or: the friend has the head of this large message, and its chunks are on their way. */
const TAKEN = IN_FLIGHT - 2;

interface Lane {
  readonly friend: PublicKey;
  /** The friend's first state of this session came: dead keys are sorted out. */
  ready: boolean;
  /** Monotonic time of the keys, and until when the first state is waited for. */
  readonly openedAt: number;
  stateUntil: number;
  stateTimer: Timer | undefined;
  inFlight: number;
  /** Those that found no place. */
  readonly line: Line<OutboxEntry>;
  /** Per message: not before this monotonic time in this session. */
  readonly notBefore: Map<number, number>;
  readonly failures: Map<number, number>;
}

/** What the friend said of a message. */
interface Answer {
  readonly entry: OutboxEntry;
  readonly code: CodeWord;
}

export interface DirectDeliveryComponents extends ChunkDeliveryComponents, Pick<BaseComponents, 'timers'> {
  readonly outbox: Pick<Outbox, 'has' | 'envelope'>;
  readonly completion: Pick<Completion, 'answered'>;
  readonly wakeup: Pick<Wakeup, 'friend' | 'message' | 'places'>;
}

/** Delivers envelopes to a friend who is connected: the same bytes that would lie on a node. */
export class DirectDelivery {
  readonly #components: DirectDeliveryComponents;
  readonly #lanes = new PeerMap<Lane>();
  /** Those that come while the friend's queue is busy, and while the disk is, share a batch. */
  readonly #answers: TurnBatcher<Answer, void>;
  /** With places that somebody waits for. */
  readonly #freed = new Set<Lane>();
  readonly #chunks: ChunkDelivery;

  constructor(components: DirectDeliveryComponents) {
    this.#components = components;
    this.#answers = new TurnBatcher(components, {
      nameOf: ({ entry }) => String(entry.sequence),
      take: (answers) => this.#finish(answers),
    });
    this.#chunks = new ChunkDelivery(components, {
      onAnswer: (entry) => this.#answered(this.#lanes.get(entry.friend), entry),
      onUnknown: (entry) => this.#offerHeadAgain(entry),
    });
  }

  /** A session with the friend begins. */
  open(friend: PublicKey): void {
    this.close(friend);
    const openedAt = this.#components.clock.monotonic();
    this.#lanes.set(friend, {
      friend,
      ready: false,
      openedAt,
      stateUntil: openedAt,
      stateTimer: undefined,
      inFlight: 0,
      line: new Line(),
      notBefore: new Map(),
      failures: new Map(),
    });
    this.expectState(friend);
  }

  /**
   * The first state may take a while: receipts come before it, and their sender has to write them down. A friend
   * from whom none comes in time counts as not here until it does: its disk may hang, or it may be somebody else.
   */
  expectState(friend: PublicKey): void {
    const lane = this.#lanes.get(friend);
    if (lane === undefined || lane.ready) return;
    lane.stateUntil = Math.min(this.#components.clock.monotonic() + STATE_MS, lane.openedAt + STATE_MOST);
    this.#awaitAbsence(lane);
  }

  /** Nothing else tells that the friend counts as not here: a timer that runs a moment early is set again. */
  #awaitAbsence(lane: Lane): void {
    const { clock, timers, wakeup } = this.#components;
    const { friend } = lane;
    lane.stateTimer?.cancel();
    lane.stateTimer = timers.after(Math.max(0, lane.stateUntil - clock.monotonic()), () => {
      if (this.isHere(friend)) this.#awaitAbsence(lane);
      else wakeup.friend(friend);
    });
  }

  /** The friend's list of live keys came and is applied. */
  ready(friend: PublicKey): void {
    const lane = this.#lanes.get(friend);
    if (lane === undefined) return;
    lane.ready = true;
    lane.stateTimer?.cancel();
    // A key that the friend calls both unknown and alive: tried again later, not at once and for ever.
    for (const [sequence, until] of lane.notBefore) {
      if (until === AWAITING_STATE) this.#backOff(lane, sequence);
    }
  }

  close(friend: PublicKey): void {
    this.#lanes.get(friend)?.stateTimer?.cancel();
    this.#lanes.delete(friend);
    this.#chunks.close(friend);
  }

  /** The friend is connected, and its first state came or is still waited for. */
  isHere(friend: PublicKey): boolean {
    const lane = this.#lanes.get(friend);
    return lane !== undefined && (lane.ready || lane.stateUntil > this.#components.clock.monotonic());
  }

  /** The message left for the friend, and its answer has not been dealt with. */
  isUnderWay(entry: OutboxEntry): boolean {
    return this.#lanes.get(entry.friend)?.notBefore.get(entry.sequence) === IN_FLIGHT;
  }

  /** The friend does not know the key of its envelope, and its list of live keys has not come since. */
  isUnknown(entry: OutboxEntry): boolean {
    return this.#lanes.get(entry.friend)?.notBefore.get(entry.sequence) === AWAITING_STATE;
  }

  /** True when the message is on its way to the friend itself, so that no node need be asked yet. */
  consider(entry: OutboxEntry): boolean {
    const lane = this.#lanes.get(entry.friend);
    if (lane === undefined || !this.isHere(entry.friend)) return false;
    const notBefore = lane.notBefore.get(entry.sequence) ?? 0;
    if (notBefore === TAKEN) {
      if (!this.#hasPlace(lane)) lane.line.add(entry);
      return this.#chunks.consider(entry, WINDOW - lane.inFlight);
    }
    if (notBefore > this.#components.clock.monotonic()) return notBefore >= AWAITING_STATE;
    if (!lane.ready) return true;
    if (!this.#hasPlace(lane)) {
      lane.line.add(entry);
      return true;
    }
    const envelope = this.#components.outbox.envelope(entry);
    if (envelope === undefined) return false;
    lane.notBefore.set(entry.sequence, IN_FLIGHT);
    void this.#deliver(lane, entry, envelope);
    return true;
  }

  /** Those whose turn it is, as long as there are places: each is considered before the next is asked for. */
  *turns(): Generator<OutboxEntry, void> {
    for (const lane of this.#freed) {
      while (this.#hasPlace(lane)) {
        const next = lane.line.next();
        if (next === undefined) break;
        yield next;
      }
      this.#freed.delete(lane);
    }
  }

  /** Monotonic milliseconds at which a message that nodes got in between is offered again; Infinity: no such time. */
  offersAgainAt(entry: OutboxEntry): number {
    const notBefore = this.#lanes.get(entry.friend)?.notBefore.get(entry.sequence) ?? Infinity;
    if (notBefore === TAKEN) return this.#chunks.offersAgainAt(entry);
    return notBefore >= AWAITING_STATE ? Infinity : notBefore;
  }

  async #deliver(lane: Lane, entry: OutboxEntry, envelope: Uint8Array): Promise<void> {
    const { network, hooks } = this.#components;
    try {
      const { code } = await this.#ask(lane, () =>
        network.request(entry.friend, { kind: 'deliver', envelope }),
      );
      if (code === 'busy') this.#backOff(lane, entry.sequence);
      else if (code === 'unknown-tag') lane.notBefore.set(entry.sequence, AWAITING_STATE);
      else if (entry.large && isTaken(code)) await this.#headTaken(lane, entry, code);
      else await this.#answers.add(entry.friend, { entry, code });
    } catch (error) {
      this.#backOff(lane, entry.sequence);
      if (!ToxAsyncError.is(error, 'ErrTimeout', 'ErrNotConnected')) hooks.onError(error);
    } finally {
      this.#answered(lane, entry);
    }
  }

  /** In a place of the window: the next one goes while the disk notes what the answer says. */
  async #ask<A>(lane: Lane, request: () => Promise<A>): Promise<A> {
    lane.inFlight += 1;
    try {
      return await request();
    } finally {
      lane.inFlight -= 1;
      if (lane.line.size > 0) {
        this.#freed.add(lane);
        this.#components.wakeup.places();
      }
    }
  }

  /** It may go another way now; of one that ended a place may be free that its chunks had. */
  #answered(lane: Lane | undefined, entry: OutboxEntry): void {
    const { outbox, wakeup } = this.#components;
    if (lane && !outbox.has(entry)) this.#forget(lane, entry);
    if (lane && lane.line.size > 0) this.#freed.add(lane);
    wakeup.message(entry);
  }

  #hasPlace({ friend, inFlight }: Lane): boolean {
    return inFlight + this.#chunks.underWay(friend) < WINDOW;
  }

  /** Taken is not delivered: that is for the receipt to say. */
  async #headTaken(lane: Lane, entry: OutboxEntry, code: 'ok' | 'known'): Promise<void> {
    await this.#components.queues.run(entry.friend, () => this.#chunks.headTaken(entry, code));
    lane.notBefore.set(entry.sequence, TAKEN);
  }

  /** The friend answered a chunk as if it had no head. */
  #offerHeadAgain(entry: OutboxEntry): void {
    const lane = this.#lanes.get(entry.friend);
    if (lane?.notBefore.get(entry.sequence) === TAKEN) this.#backOff(lane, entry.sequence);
  }

  /** The message was sealed to another key: it may go to the friend again. */
  renew(entry: OutboxEntry): void {
    this.#lanes.get(entry.friend)?.notBefore.delete(entry.sequence);
  }

  async #finish(answers: readonly Answer[]): Promise<void[]> {
    const { outbox, store, completion } = this.#components;
    const writes = store.batch();
    for (const { entry, code } of answers.filter(({ entry: each }) => outbox.has(each))) {
      completion.answered(writes, entry, code, code === 'known' && entry.stored ? 'stored' : 'direct');
    }
    await writes.commit();
    return answers.map(() => undefined);
  }

  #forget(lane: Lane, { sequence }: OutboxEntry): void {
    lane.notBefore.delete(sequence);
    lane.failures.delete(sequence);
  }

  #backOff(lane: Lane, sequence: number): void {
    const times = (lane.failures.get(sequence) ?? 0) + 1;
    lane.failures.set(sequence, times);
    lane.notBefore.set(sequence, this.#components.clock.monotonic() + backoff(times, DELIVERY_RETRY));
  }
}

function isTaken(code: CodeWord): code is 'ok' | 'known' {
  return code === 'ok' || code === 'known';
}
