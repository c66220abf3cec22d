import type { PublicKey } from '../../../types';
import type { BaseComponents } from '../../components';
import type { Load } from '../../journal/load';
import type { Outbox, OutboxEntry } from '../../journal/outgoing/outbox';
import type { ValueRecord } from '../../journal/outgoing/outbox-record';
import { valueNameOf } from '../../journal/outgoing/value-name';
import type { SendOptions } from '../../messages';
import type { OutboxRoom } from '../outbox-room';
import type { SealTime } from '../sealing/seal-time';
import type { Leaving } from './early-ends';

export interface DisplacementComponents extends Pick<BaseComponents, 'crypto'> {
  readonly outbox: Pick<Outbox, 'has' | 'of' | 'settled' | 'valuesLike'>;
  readonly room: Pick<OutboxRoom, 'assertFor' | 'takes' | 'takesUrgent'>;
  readonly sealTime: Pick<SealTime, 'isUnderWay'>;
}

/** The place of a new message in the outbox. */
export interface Place {
  /** These end in the batch that takes it. */
  readonly leaving: readonly Leaving[];
  readonly value?: ValueRecord;
  /** An earlier one of its value is under way. */
  readonly isBehind: boolean;
}

/** Says which messages end because a new one comes. */
export class Displacement {
  readonly #components: DisplacementComponents;

  constructor(components: DisplacementComponents) {
    this.#components = components;
  }

  /**
   * In the friend's queue.
   * @param bytes that are kept of the new message
   * @throws ErrInvalidArgument, ErrOutboxFull
   */
  async placeFor(
    friend: PublicKey,
    bytes: number,
    { replaces, whenFull, urgent }: Pick<SendOptions, 'replaces' | 'whenFull' | 'urgent'>,
  ): Promise<Place> {
    const place = await this.#valued(friend, replaces);
    const leaving =
      whenFull === 'drop-oldest' ? await this.#dropping(friend, bytes, place.leaving) : place.leaving;
    const { room } = this.#components;
    if (!urgent || !room.takesUrgent()) room.assertFor(friend, bytes, loadOf(leaving));
    return { ...place, leaving };
  }

  /** The same at a later time, when one that was to leave may be under way. */
  stillOf(place: Place): Place {
    const { sealTime } = this.#components;
    const leaving = place.leaving.filter(
      ({ entry, code }) => code !== 'replaced' || !sealTime.isUnderWay(entry),
    );
    return { ...place, leaving, isBehind: place.isBehind || leaving.length < place.leaving.length };
  }

  /** As many of the oldest as make room, beside what leaves in any case. */
  async #dropping(
    friend: PublicKey,
    bytes: number,
    leaving: readonly Leaving[],
  ): Promise<readonly Leaving[]> {
    const { outbox, room } = this.#components;
    const all = [...leaving];
    if (room.takes(friend, bytes, loadOf(all))) return all;
    // One that is still on its way to the disk is not judged before.
    await outbox.settled();
    for (const entry of outbox.of(friend)) {
      if (room.takes(friend, bytes, loadOf(all))) break;
      const mayGo = entry.isDroppable && entry.copies.length === 0 && outbox.has(entry);
      if (mayGo && !leaving.some((each) => each.entry === entry)) all.push({ entry, code: 'dropped' });
    }
    return all;
  }

  /** What nobody but us has of its value leaves; behind what is under way only the newest waits. */
  async #valued(friend: PublicKey, replaces: string | undefined): Promise<Place> {
    if (replaces === undefined) return { leaving: [], isBehind: false };
    const { crypto, outbox, sealTime } = this.#components;
    const name = valueNameOf(crypto, replaces);
    const earlier = () => outbox.valuesLike({ friend, value: { name } }).filter((each) => outbox.has(each));
    // One whose envelope is still on its way to the disk is not judged before.
    if (earlier().length > 0) await outbox.settled();
    const leaving = earlier().filter((each) => !sealTime.isUnderWay(each));
    const isBehind = leaving.length < earlier().length;
    const since = isBehind ? Math.min(...leaving.map(waitsSince)) : Infinity;
    return {
      leaving: leaving.map((entry) => ({ entry, code: 'replaced' })),
      value: { name, ...(since < Infinity && { waitsSince: since }) },
      isBehind,
    };
  }
}

function waitsSince({ value, acceptedAt }: OutboxEntry): number {
  return value?.waitsSince ?? acceptedAt;
}

function loadOf(leaving: readonly Leaving[]): Load {
  const bytes = leaving.reduce((sum, { entry }) => sum + entry.size, 0);
  return { messages: leaving.length, bytes };
}
