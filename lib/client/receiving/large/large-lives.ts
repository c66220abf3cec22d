import type { PeerNetwork } from '../../../network/peer-network';
import type { KeyedQueue } from '../../../platform/queues/keyed-queue';
import type { AsyncClientHooks } from '../../client-options';
import type { BaseComponents } from '../../components';
import type { Assemblies, Assembly } from '../../journal/assemblies';
import type { FriendMemory } from '../../journal/friend-memory';
import type { OwedReceipts } from '../../journal/owed-receipts';
import type { Tombstones } from '../../journal/tombstones';
import type { Meetings } from '../../meeting/meetings';
import type { InboxRoom } from '../inbox-room';
import { buryLarge, tombstonesOf } from './ending';

export interface LargeLivesComponents extends Pick<BaseComponents, 'ages' | 'store'> {
  readonly assemblies: Pick<Assemblies, 'entries' | 'erase' | 'find'>;
  readonly tombstones: Pick<Tombstones, 'add'>;
  readonly receipts: Pick<OwedReceipts, 'owe'>;
  readonly memory: Pick<FriendMemory, 'turn'>;
  readonly room: Pick<InboxRoom, 'look'>;
  readonly network: Pick<PeerNetwork, 'isProven'>;
  readonly meetings: Pick<Meetings, 'sendReceipt'>;
  readonly queues: KeyedQueue;
  readonly hooks: Pick<AsyncClientHooks, 'onError'>;
}

/** Ends large messages whose life was over before all of them was there. */
export class LargeLives {
  readonly #components: LargeLivesComponents;

  constructor(components: LargeLivesComponents) {
    this.#components = components;
  }

  /**
   * Each in its sender's queue: a piece that completes it may be in work there.
   * @returns the age at which the first that is left is over; Infinity: there is none
   */
  expire(): number {
    const { assemblies, queues, hooks } = this.#components;
    let next = Infinity;
    for (const assembly of assemblies.entries()) {
      next = Math.min(next, assembly.until + 1);
      if (!this.#isOver(assembly)) continue;
      const { sender, messageId } = assembly;
      queues
        .run(sender, () => this.#end(assemblies.find(sender, messageId)))
        .catch((error: unknown) => hooks.onError(error));
    }
    return next;
  }

  async #end(assembly: Assembly | undefined): Promise<void> {
    if (assembly === undefined || !this.#isOver(assembly)) return;
    const { assemblies, tombstones, receipts, memory, store, network, meetings, room } = this.#components;
    const { sender, messageId } = assembly;
    const receipt = { messageId, code: 'incomplete' } as const;
    const isHere = network.isProven(sender);
    const writes = store.batch();
    const turn = memory.turn(writes, sender);
    const isRemembered = Array.from({ length: tombstonesOf(assembly) }, (_, i) =>
      turn.takes({ owesReceipt: i === 0 }),
    ).every(Boolean);
    if (isRemembered) {
      buryLarge(writes, tombstones, assembly, { code: receipt.code, lifetime: 0 });
      // Mail would use up a key, and its life is over at the sender, too.
      receipts.owe(writes, sender, receipt, { lifetime: 0, sent: isHere, mail: false });
    }
    assemblies.erase(writes, assembly);
    await writes.commit();
    if (isHere && isRemembered) meetings.sendReceipt(sender, receipt);
    room.look();
  }

  #isOver({ until }: Assembly): boolean {
    return until < this.#components.ages.now();
  }
}
