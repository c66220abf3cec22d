import { PeerMap } from '../../peer-map';
import { ToxAsyncError } from '../../errors';
import type { MessageOf } from '../../network/requests';
import type { Timer } from '../../platform/timers';
import type { PublicKey } from '../../types';
import type { Completion } from './completion';
import type { Outbox, OutboxEntry } from '../journal/outbox';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { KeyedQueue } from '../../platform/keyed-queue';
import type { Wakeup } from '../wakeup';
import { Line } from './line';

/** Envelopes under way to one friend at a time. */
const WINDOW = 16;
/** Back-off after 'busy' or no answer, milliseconds. */
const RETRY_FIRST = 30_000;
const RETRY_MOST = 600_000;

/** How long the friend's first state of a session is waited for, from the keys or its last receipts on, and in all. */
const STATE_MS = 10_000;
const STATE_MOST = 60_000;

/** Stands for a time in `notBefore` while the friend's answer, or its list of live keys, is awaited. */
const IN_FLIGHT = Number.MAX_SAFE_INTEGER;
const AWAITING_STATE = IN_FLIGHT - 1;

interface Lane {
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

export interface DirectDeliveryComponents extends Pick<BaseComponents, 'store' | 'clock' | 'timers'> {
  readonly network: {
    request(
      friend: PublicKey,
      request: Omit<MessageOf<'deliver'>, 'request'>,
    ): Promise<MessageOf<'deliver-answer'>>;
  };
  readonly outbox: Pick<Outbox, 'has' | 'envelope'>;
  readonly queues: KeyedQueue;
  readonly completion: Pick<Completion, 'answered'>;
  readonly wakeup: Pick<Wakeup, 'friend' | 'message'>;
  readonly hooks: Pick<AsyncClientHooks, 'onError'>;
}

/** Delivers envelopes to a friend who is connected: the same bytes that would lie on a node. */
export class DirectDelivery {
  readonly #components: DirectDeliveryComponents;
  readonly #lanes = new PeerMap<Lane>();
  /** With places that somebody waits for. */
  readonly #freed = new Set<Lane>();

  constructor(components: DirectDeliveryComponents) {
    this.#components = components;
  }

  /** A session with the friend begins. */
  open(friend: PublicKey): void {
    this.close(friend);
    const openedAt = this.#components.clock.monotonic();
    this.#lanes.set(friend, {
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
    const { clock, timers, wakeup } = this.#components;
    const lane = this.#lanes.get(friend);
    if (lane === undefined || lane.ready) return;
    lane.stateUntil = Math.min(clock.monotonic() + STATE_MS, lane.openedAt + STATE_MOST);
    lane.stateTimer?.cancel();
    lane.stateTimer = timers.after(Math.max(0, lane.stateUntil - clock.monotonic()), () =>
      wakeup.friend(friend),
    );
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

  /** True when the message is on its way to the friend itself, so that no node need be asked yet. */
  consider(entry: OutboxEntry): boolean {
    const lane = this.#lanes.get(entry.friend);
    if (lane === undefined || !this.isHere(entry.friend)) return false;
    const notBefore = lane.notBefore.get(entry.sequence) ?? 0;
    if (notBefore > this.#components.clock.monotonic()) return notBefore >= AWAITING_STATE;
    if (!lane.ready) return true;
    if (lane.inFlight >= WINDOW) {
      lane.line.add(entry);
      return true;
    }
    const envelope = this.#components.outbox.envelope(entry);
    if (envelope === undefined) return false;
    lane.inFlight += 1;
    lane.notBefore.set(entry.sequence, IN_FLIGHT);
    void this.#deliver(lane, entry, envelope);
    return true;
  }

  /** Those whose turn it is, as long as there are places: each is considered before the next is asked for. */
  *turns(): Generator<OutboxEntry, void> {
    for (const lane of this.#freed) {
      while (lane.inFlight < WINDOW) {
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
    return notBefore >= AWAITING_STATE ? Infinity : notBefore;
  }

  async #deliver(lane: Lane, entry: OutboxEntry, envelope: Uint8Array): Promise<void> {
    const { network, queues, wakeup, hooks } = this.#components;
    try {
      const { code } = await network.request(entry.friend, { kind: 'deliver', envelope });
      if (code === 'busy') this.#backOff(lane, entry.sequence);
      else if (code === 'unknown-tag') lane.notBefore.set(entry.sequence, AWAITING_STATE);
      else await queues.run(entry.friend, () => this.#finish(entry, code));
    } catch (error) {
      this.#backOff(lane, entry.sequence);
      if (!ToxAsyncError.is(error, 'ErrTimeout', 'ErrNotConnected')) hooks.onError(error);
    } finally {
      // It may go another way now, and a place in the window is free.
      lane.inFlight -= 1;
      if (!this.#components.outbox.has(entry)) this.#forget(lane, entry);
      if (lane.line.size > 0) this.#freed.add(lane);
      wakeup.message(entry);
    }
  }

  /** The message was sealed to another key: it may go to the friend again. */
  renew(entry: OutboxEntry): void {
    this.#lanes.get(entry.friend)?.notBefore.delete(entry.sequence);
  }

  async #finish(entry: OutboxEntry, code: Parameters<Completion['answered']>[2]): Promise<void> {
    const { outbox, store, completion } = this.#components;
    if (!outbox.has(entry)) return;
    const writes = store.batch();
    completion.answered(writes, entry, code, code === 'known' && entry.stored ? 'stored' : 'direct');
    await writes.commit();
  }

  #forget(lane: Lane, { sequence }: OutboxEntry): void {
    lane.notBefore.delete(sequence);
    lane.failures.delete(sequence);
  }

  #backOff(lane: Lane, sequence: number): void {
    const times = lane.failures.get(sequence) ?? 0;
    lane.failures.set(sequence, times + 1);
    const wait = Math.min(RETRY_MOST, RETRY_FIRST * 2 ** times);
    lane.notBefore.set(sequence, this.#components.clock.monotonic() + wait);
  }
}
