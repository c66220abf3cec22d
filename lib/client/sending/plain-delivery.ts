import { PeerSet } from '../../peer-map';
import { readUtf8 } from '../../bytes';
import { MessageType } from '../../constants';
import type { PeerNetwork } from '../../network/peer-network';
import type { Completion } from './completion';
import type { Outbox, OutboxEntry } from '../journal/outbox';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { KeyedQueue } from '../../platform/keyed-queue';
import type { Wakeup } from '../wakeup';

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
    const { crypto, network, outbox, queues, wakeup, hooks } = this.#components;
    let delivered = false;
    try {
      const data = outbox.plaintext(entry);
      const text = data && readUtf8(data);
      if (data !== undefined) crypto.wipe(data);
      const type = entry.type === MessageType.Action ? 'action' : 'normal';
      delivered = text === undefined || (await network.sendToxMessage(entry.friend, type, text));
      if (delivered) await queues.run(entry.friend, () => this.#finish(entry, text === undefined));
    } catch (error) {
      hooks.onError(error);
    } finally {
      this.#busy.delete(entry.friend);
      // What the transport did not take is offered again when the friend comes, or by the next look at what waits: at
      // once it would be refused again, without end.
      if (delivered) wakeup.soon();
    }
  }

  async #finish(entry: OutboxEntry, lost: boolean): Promise<void> {
    const { outbox, store, completion } = this.#components;
    if (!outbox.has(entry)) return;
    const writes = store.batch();
    if (lost) completion.failed(writes, entry, 'lost');
    else completion.answered(writes, entry, 'ok', 'tox');
    await writes.commit();
  }
}
