import type { KeyedQueue } from '../../../platform/queues/keyed-queue';
import type { PublicKey } from '../../../types';
import type { BaseComponents } from '../../components';
import type { Outbox } from '../../journal/outgoing/outbox';
import type { EarlyEnds } from './early-ends';

export interface CancellationComponents extends Pick<BaseComponents, 'store'> {
  readonly outbox: Pick<Outbox, 'find' | 'settled'>;
  readonly earlyEnds: Pick<EarlyEnds, 'prepare'>;
  readonly queues: KeyedQueue;
}

/** Ends messages that are not wanted any more. */
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
    const { outbox, store, earlyEnds, queues } = this.#components;
    return queues.run(friend, async () => {
      await outbox.settled();
      const entry = outbox.find(friend, messageId);
      if (entry === undefined) return false;
      const end = await earlyEnds.prepare([{ entry }]);
      try {
        const writes = store.batch();
        end.addTo(writes);
        await writes.commit();
      } catch (error) {
        end.undo();
        throw error;
      }
      return true;
    });
  }
}
