import { PeerMap } from '../../peer-map';
import type { PeerNetwork } from '../../network/peer-network';
import type { Completion } from './completion';
import type { Outbox, OutboxEntry } from '../journal/outgoing/outbox';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { KeyedQueue } from '../../platform/queues/keyed-queue';
import type { PublicKey } from '../../types';
import type { Wakeup } from '../wakeup';
import { plainTextOf, type PlainText } from '../content/plain-text';
import { Line } from './line';

/** What the transport did not take is offered again after this, milliseconds: at once it would refuse it without end. */
const REST = 5_000;

interface Lane {
  isBusy: boolean;
  /** Monotonic milliseconds. */
  restsUntil: number;
  readonly line: Line<OutboxEntry>;
}

export interface PlainDeliveryComponents extends Pick<BaseComponents, 'clock' | 'crypto' | 'store'> {
  readonly network: Pick<PeerNetwork, 'isPlainClient' | 'sendToxMessage'>;
  readonly outbox: Pick<Outbox, 'has' | 'plaintext'>;
  readonly queues: KeyedQueue;
  readonly completion: Pick<Completion, 'answered' | 'failed'>;
  readonly wakeup: Pick<Wakeup, 'message'>;
  readonly hooks: Pick<AsyncClientHooks, 'onError'>;
}

/**
 * Gives waiting messages to a friend whose client does not speak the extension, as ordinary Tox messages while
 * both are online. One at a time and in order: its client's confirmation is all that tells us.
 */
export class PlainDelivery {
  readonly #components: PlainDeliveryComponents;
  readonly #lanes = new PeerMap<Lane>();
  readonly #offered = new WeakSet<OutboxEntry>();

  constructor(components: PlainDeliveryComponents) {
    this.#components = components;
  }

  /**
   * Whether the friend is here with an ordinary client, so that keys and nodes help nothing.
   * @returns undefined: no; else the monotonic milliseconds at which the message is looked at again, Infinity when an
   * event comes first
   */
  consider(entry: OutboxEntry): number | undefined {
    const { network, clock } = this.#components;
    if (!network.isPlainClient(entry.friend)) return undefined;
    const lane = this.#lanes.getOrInsert(entry.friend, () => ({
      isBusy: false,
      restsUntil: -Infinity,
      line: new Line(),
    }));
    lane.line.add(entry);
    if (lane.isBusy) return Infinity;
    if (lane.restsUntil > clock.monotonic()) return lane.restsUntil;
    this.#sendNext(lane);
    return Infinity;
  }

  /** The transport was given it in this process. */
  wasOffered(entry: OutboxEntry): boolean {
    return this.#offered.has(entry);
  }

  /** The peer is no longer a friend. */
  forget(peer: PublicKey): void {
    this.#lanes.delete(peer);
  }

  #sendNext(lane: Lane): void {
    const { outbox, network } = this.#components;
    for (let entry = lane.line.next(); entry !== undefined; entry = lane.line.next()) {
      if (!outbox.has(entry) || !network.isPlainClient(entry.friend)) continue;
      lane.isBusy = true;
      void this.#send(lane, entry);
      return;
    }
  }

  async #send(lane: Lane, entry: OutboxEntry): Promise<void> {
    const { clock, network, queues, wakeup, hooks } = this.#components;
    let isFinished = false;
    try {
      const text = this.#textOf(entry);
      if (typeof text !== 'string') this.#offered.add(entry);
      const code = text === 'lost' || text === 'unsupported' ? text : 'ok';
      isFinished =
        typeof text === 'string' || (await network.sendToxMessage(entry.friend, text.type, text.text));
      if (isFinished) await queues.run(entry.friend, () => this.#finish(entry, code));
    } catch (error) {
      hooks.onError(error);
    } finally {
      lane.isBusy = false;
      if (isFinished) this.#sendNext(lane);
      else lane.restsUntil = clock.monotonic() + REST;
      wakeup.message(entry);
    }
  }

  #textOf(entry: OutboxEntry): PlainText | 'lost' | 'unsupported' {
    const { crypto, outbox } = this.#components;
    const data = outbox.plaintext(entry);
    if (data === undefined) return 'lost';
    const text = plainTextOf({ type: entry.type, data });
    crypto.wipe(data);
    return text ?? 'unsupported';
  }

  async #finish(entry: OutboxEntry, code: 'ok' | 'lost' | 'unsupported'): Promise<void> {
    const { outbox, store, completion } = this.#components;
    if (!outbox.has(entry)) return;
    const writes = store.batch();
    if (code === 'ok') completion.answered(writes, entry, 'ok', 'tox');
    else completion.failed(writes, entry, code);
    await writes.commit();
  }
}
