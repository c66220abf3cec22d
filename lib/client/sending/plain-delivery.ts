import { readUtf8, toHex } from '../../bytes';
import { MessageType } from '../../constants';
import type { PeerNetwork } from '../../network/peer-network';
import type { Store } from '../../store/store';
import type { Completion } from './completion';
import type { Outbox, OutboxEntry } from '../journal/outbox';
import type { KeyedQueue } from '../../platform/keyed-queue';

export interface PlainDeliveryParts {
  readonly network: PeerNetwork;
  readonly store: Store;
  readonly outbox: Outbox;
  readonly queues: KeyedQueue;
  readonly completion: Completion;
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Gives waiting messages to a friend whose client does not speak the extension, as ordinary Tox messages while
 * both are online. One at a time and in order: its client's confirmation is all that tells us.
 */
export class PlainDelivery {
  readonly #o: PlainDeliveryParts;
  readonly #busy = new Set<string>();

  constructor(parts: PlainDeliveryParts) {
    this.#o = parts;
  }

  /** True when the friend is here with an ordinary client, so that keys and nodes are of no use. */
  consider(entry: OutboxEntry): boolean {
    const { network } = this.#o;
    if (!network.isPlainClient(entry.friend)) return false;
    if (!this.#busy.has(toHex(entry.friend))) {
      this.#busy.add(toHex(entry.friend));
      void this.#send(entry);
    }
    return true;
  }

  async #send(entry: OutboxEntry): Promise<void> {
    const { network, outbox, queues, onError, onChange } = this.#o;
    let delivered = false;
    try {
      const data = outbox.plaintext(entry);
      const text = data && readUtf8(data);
      const type = entry.type === MessageType.Action ? 'action' : 'normal';
      delivered = text === undefined || (await network.sendToxMessage(entry.friend, type, text));
      if (delivered) await queues.run(entry.friend, () => this.#finish(entry, text === undefined));
    } catch (error) {
      onError(error);
    } finally {
      this.#busy.delete(toHex(entry.friend));
      // What the transport did not take is offered again when the friend comes, or by the next look at what waits: at
      // once it would be refused again, without end.
      if (delivered) onChange();
    }
  }

  async #finish(entry: OutboxEntry, lost: boolean): Promise<void> {
    const { outbox, store, completion } = this.#o;
    if (!outbox.has(entry)) return;
    const writes = store.batch();
    if (lost) completion.failed(writes, entry, 'lost');
    else completion.answered(writes, entry, 'ok', 'tox');
    await writes.commit();
  }
}
