import type { BaseComponents } from '../../components';
import type { Outbox, OutboxEntry } from '../../journal/outgoing/outbox';
import { sealsLate, type OutboxRecord } from '../../journal/outgoing/outbox-record';
import type { StorageNodes } from '../../storage-nodes/storage-nodes';
import type { DirectDelivery } from '../direct-delivery';
import type { LargeTurns } from '../large/large-turns';
import type { PlainDelivery } from '../plain-delivery';

/** Seconds for which an earlier value that is under way holds up the newest. */
const LONGEST_WAIT = 10 * 60;

export interface SealTimeComponents extends Pick<BaseComponents, 'ages'> {
  readonly outbox: Pick<Outbox, 'has' | 'isSealing' | 'mayHaveLeft' | 'valuesLike'>;
  readonly turns: Pick<LargeTurns, 'has'>;
  readonly direct: Pick<DirectDelivery, 'isHere'>;
  readonly plain: Pick<PlainDelivery, 'wasOffered'>;
  readonly nodes: Pick<StorageNodes, 'candidates'>;
}

/** When a message takes its key: not long before it leaves, where another could take its place until then. */
export class SealTime {
  readonly #components: SealTimeComponents;

  constructor(components: SealTimeComponents) {
    this.#components = components;
  }

  /** Whether it takes a key now, as far as that is for the message to say. */
  isNow(entry: OutboxEntry): boolean {
    const { outbox, turns } = this.#components;
    if (entry.sealed !== undefined || !outbox.has(entry) || outbox.isSealing(entry)) return false;
    if (!this.#isLatest(entry) || this.isBehind(entry) || !this.hasTaker(entry)) return false;
    return turns.has(entry) || this.inheritsTurn(entry);
  }

  /** Somebody is connected to hand it to, or it does not wait for that. */
  hasTaker(message: Pick<OutboxRecord, 'friend' | 'value' | 'isDroppable'>): boolean {
    const { direct, nodes } = this.#components;
    const { friend } = message;
    return !sealsLate(message) || direct.isHere(friend) || nodes.candidates(friend).length > 0;
  }

  /** Earlier messages of its value, which end when it is sealed. */
  earlier(entry: OutboxEntry): OutboxEntry[] {
    return this.#others(entry).filter(({ sequence }) => sequence < entry.sequence);
  }

  /** The friend or a node may have it, and the friend the key that opens it. */
  isUnderWay(entry: OutboxEntry): boolean {
    const { outbox, plain } = this.#components;
    return (entry.sealed !== undefined && outbox.mayHaveLeft(entry)) || plain.wasOffered(entry);
  }

  /** An earlier one of its value is under way, and holds it up. */
  isBehind(entry: OutboxEntry): boolean {
    if (this.behindUntil(entry) <= this.#components.ages.now()) return false;
    return this.earlier(entry).some((each) => this.isUnderWay(each));
  }

  /** Age from which no earlier one holds it up. */
  behindUntil({ value, acceptedAt }: OutboxEntry): number {
    return (value?.waitsSince ?? acceptedAt) + LONGEST_WAIT;
  }

  /** A large one goes out in place of an earlier one whose turn it is. */
  inheritsTurn(entry: OutboxEntry): boolean {
    const { turns } = this.#components;
    if (entry.large === undefined || turns.has(entry)) return false;
    return this.earlier(entry).some((each) => each.large !== undefined && turns.has(each));
  }

  #isLatest(entry: OutboxEntry): boolean {
    return this.#others(entry).every(({ sequence }) => sequence < entry.sequence);
  }

  #others(entry: OutboxEntry): OutboxEntry[] {
    const { outbox } = this.#components;
    return outbox.valuesLike(entry).filter((each) => each.sequence !== entry.sequence && outbox.has(each));
  }
}
