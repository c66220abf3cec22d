import type { HeldKeys } from '../../../forward-security/held-keys';
import type { KeyedQueue } from '../../../platform/queues/keyed-queue';
import type { PublicKey } from '../../../types';
import type { BaseComponents } from '../../components';
import type { Outbox, OutboxEntry } from '../../journal/outgoing/outbox';
import type { Wakeup } from '../../wakeup';
import type { Completion } from '../completion';
import type { PlainDelivery } from '../plain-delivery';

export interface CancellationComponents extends Pick<BaseComponents, 'store'> {
  readonly outbox: Pick<
    Outbox,
    'find' | 'isOfEarlierProcess' | 'mayHaveLeft' | 'setAside' | 'settled' | 'takeBack'
  >;
  readonly completion: Pick<Completion, 'cancelled'>;
  readonly plain: Pick<PlainDelivery, 'wasOffered'>;
  readonly forwardSecurity: { readonly held: Pick<HeldKeys, 'knows'> };
  readonly queues: KeyedQueue;
  readonly wakeup: Pick<Wakeup, 'message'>;
}

/** Ends messages that are not wanted any more. What a storage node or the friend has cannot be recalled. */
export class Cancellation {
  readonly #components: CancellationComponents;

  constructor(components: CancellationComponents) {
    this.#components = components;
  }

  /**
   * Durable on return. False when no message to this friend has this id, or it ended.
   * @throws ErrStore
   */
  cancel(friend: PublicKey, messageId: Uint8Array): Promise<boolean> {
    const { outbox, queues } = this.#components;
    return queues.run(friend, async () => {
      await outbox.settled();
      const entry = outbox.find(friend, messageId);
      if (entry === undefined) return false;
      await this.#end(entry);
      return true;
    });
  }

  async #end(entry: OutboxEntry): Promise<void> {
    const { outbox, store, completion, wakeup } = this.#components;
    // What is true of it now is still true when the disk has it: no part leaves in between.
    outbox.setAside(entry);
    try {
      const writes = store.batch();
      completion.cancelled(writes, entry, this.#mayArrive(entry));
      await writes.commit();
    } catch (error) {
      outbox.takeBack(entry);
      wakeup.message(entry);
      throw error;
    }
  }

  #mayArrive(entry: OutboxEntry): boolean {
    const { outbox, plain, forwardSecurity } = this.#components;
    if (outbox.mayHaveLeft(entry) || plain.wasOffered(entry)) return true;
    // An ordinary client gets messages without a key, and nothing durable says so.
    return outbox.isOfEarlierProcess(entry) && !forwardSecurity.held.knows(entry.friend);
  }
}
