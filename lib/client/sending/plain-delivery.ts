import { PeerSet } from '../../peer-map';
import type { PeerNetwork } from '../../network/peer-network';
import type { Completion } from './completion';
import type { Outbox, OutboxEntry } from '../journal/outbox';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { KeyedQueue } from '../../platform/keyed-queue';
import type { Wakeup } from '../wakeup';
import { plainTextOf, type PlainText } from '../content/plain-text';

export interface PlainDeliveryComponents extends Pick<BaseComponents, 'crypto' | 'store'> {
  readonly network: Pick<PeerNetwork, 'isPlainClient' | 'sendToxMessage'>;
  readonly outbox: Pick<Outbox, 'has' | 'plaintext'>;
  readonly queues: KeyedQueue;
  readonly completion: Pick<Completion, 'answered' | 'failed'>;
  readonly wakeup: Pick<Wakeup, 'soon'>;
  readonly hooks: Pick<AsyncClientHooks, 'onError'>;
}

/**
 * Gives waiting messages to a friend whose client does not speak the extension, as ordinary Tox messages while
 * both are online. One at a time and in order: its client's confirmation is all that tells us.
 */
export class PlainDelivery {
  readonly #components: PlainDeliveryComponents;
  readonly #busy = new PeerSet();

  constructor(components: PlainDeliveryComponents) {
    this.#components = components;
  }

  /** True when the friend is here with an ordinary client, so that keys and nodes are useless. */
  consider(entry: OutboxEntry): boolean {
    const { network } = this.#components;
    if (!network.isPlainClient(entry.friend)) return false;
    if (!this.#busy.has(entry.friend)) {
      this.#busy.add(entry.friend);
      void this.#send(entry);
    }
    return true;
  }

  async #send(entry: OutboxEntry): Promise<void> {
    const { network, queues, wakeup, hooks } = this.#components;
    let isFinished = false;
    try {
      const text = this.#textOf(entry);
      const code = text === 'lost' || text === 'unsupported' ? text : 'ok';
      isFinished =
        typeof text === 'string' || (await network.sendToxMessage(entry.friend, text.type, text.text));
      if (isFinished) await queues.run(entry.friend, () => this.#finish(entry, code));
    } catch (error) {
      hooks.onError(error);
    } finally {
      this.#busy.delete(entry.friend);
      // What the transport did not take is offered again when the friend comes, or by the next look at what waits: at
      // once it would be refused again, without end.
      if (isFinished) wakeup.soon();
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
