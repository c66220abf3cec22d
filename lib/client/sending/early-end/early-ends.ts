import type { DrawnKey, HeldKeys } from '../../../forward-security/held-keys';
import type { WriteBatch } from '../../../store/store';
import type { VaultSecret } from '../../../store/vault/secret-vault';
import type { BaseComponents } from '../../components';
import type { Outbox, OutboxEntry } from '../../journal/outgoing/outbox';
import type { Wakeup } from '../../wakeup';
import type { Completion } from '../completion';
import type { PlainDelivery } from '../plain-delivery';

export interface EarlyEndsComponents extends Pick<BaseComponents, 'vault'> {
  readonly outbox: Pick<Outbox, 'isOfEarlierProcess' | 'mayHaveLeft' | 'setAside' | 'takeBack' | 'unsentKey'>;
  readonly completion: Pick<Completion, 'cancelled'>;
  readonly plain: Pick<PlainDelivery, 'wasOffered'>;
  readonly forwardSecurity: { readonly held: Pick<HeldKeys, 'giveBack' | 'knows'> };
  readonly wakeup: Pick<Wakeup, 'friend' | 'message'>;
}

/** A message that is to end, and why when nobody asked for it. */
export interface Leaving {
  readonly entry: OutboxEntry;
  readonly code?: 'replaced' | 'dropped';
}

/** Messages that end together. No part of them leaves any more. */
export interface EarlyEnd {
  /** The batch that ends them. */
  addTo(writes: WriteBatch): void;
  /** That batch was refused: they go on. */
  undo(): void;
}

interface ReturnedKey {
  readonly drawn: DrawnKey;
  readonly slot: VaultSecret;
}

/**
 * Ends messages before their time. What a storage node or the friend has cannot be recalled; a key whose envelope has not
 * left is given back.
 */
export class EarlyEnds {
  readonly #components: EarlyEndsComponents;

  constructor(components: EarlyEndsComponents) {
    this.#components = components;
  }

  /** In the queue of the messages' friend, with the outbox settled. Rejects for nothing. */
  async prepare(leaving: readonly Leaving[]): Promise<EarlyEnd> {
    const { outbox, completion, forwardSecurity, vault, wakeup } = this.#components;
    // What is true of them now is still true when the disk has it: no part leaves in between.
    for (const { entry } of leaving) outbox.setAside(entry);
    const returned = await this.#slotsFor(leaving);
    return {
      addTo: (writes) => {
        for (const { entry, code } of leaving) {
          const mayArrive = this.#mayArrive(entry);
          completion.cancelled(writes, entry, { ...(mayArrive && { mayArrive }), ...(code && { code }) });
        }
        for (const { drawn, slot } of returned) {
          forwardSecurity.held.giveBack(writes, drawn, slot);
          writes.afterCommit(() => wakeup.friend(drawn.key.peer));
        }
      },
      undo: () => {
        vault.discard(returned.map(({ slot }) => slot.ref));
        for (const { entry } of leaving) {
          outbox.takeBack(entry);
          wakeup.message(entry);
        }
      },
    };
  }

  /** A key for which the vault has no place is lost: that is no reason for a message to stay. */
  async #slotsFor(leaving: readonly Leaving[]): Promise<ReturnedKey[]> {
    const { outbox, vault } = this.#components;
    const unsent = leaving.flatMap(({ entry }) => outbox.unsentKey(entry) ?? []);
    if (unsent.length === 0) return [];
    const slots = await vault.allocate(unsent.length).catch(() => []);
    return slots.flatMap((slot, i) => {
      const drawn = unsent[i];
      return drawn === undefined ? [] : [{ drawn, slot }];
    });
  }

  #mayArrive(entry: OutboxEntry): boolean {
    const { outbox, plain, forwardSecurity } = this.#components;
    if (outbox.mayHaveLeft(entry) || plain.wasOffered(entry)) return true;
    // An ordinary client gets messages without a key, and nothing durable says so.
    return outbox.isOfEarlierProcess(entry) && !forwardSecurity.held.knows(entry.friend);
  }
}
