import { ToxAsyncError } from '../../errors';
import type { PublicKey } from '../../types';
import type { ClientLimits } from '../client-limits';
import { differenceOf, type Load, NO_LOAD } from '../journal/load';
import type { Outbox } from '../journal/outgoing/outbox';

export interface OutboxRoomComponents {
  readonly outbox: Pick<Outbox, 'load' | 'urgentMessages'>;
}

/** Most that the outbox holds. */
export type OutboxRoomInit = Pick<ClientLimits, 'outboxMessages' | 'outboxBytes' | 'outboxUrgent'>;

/**
 * Whether the outbox takes another message to a friend: while it has fewer messages in there than there are places free,
 * and not more bytes with the new one than are free without it. A friend who is away fills half of it, and an alert to
 * another one still gets in.
 */
export class OutboxRoom {
  readonly #components: OutboxRoomComponents;
  readonly #init: OutboxRoomInit;

  constructor(components: OutboxRoomComponents, init: OutboxRoomInit) {
    this.#components = components;
    this.#init = init;
  }

  /** @param leaving what will be gone by then, of the same friend's */
  takes(friend: PublicKey, bytes: number, leaving: Load = NO_LOAD): boolean {
    const { outbox } = this.#components;
    const { outboxMessages, outboxBytes } = this.#init;
    const own = differenceOf(outbox.load(friend), leaving);
    const all = differenceOf(outbox.load(), leaving);
    return own.messages < outboxMessages - all.messages && own.bytes + bytes <= outboxBytes - all.bytes;
  }

  /** Whether it takes an urgent message that has no room. */
  takesUrgent(): boolean {
    return this.#components.outbox.urgentMessages < this.#init.outboxUrgent;
  }

  /** @throws ErrOutboxFull */
  assertFor(friend: PublicKey, bytes: number, leaving?: Load): void {
    if (this.takes(friend, bytes, leaving)) return;
    const { outbox } = this.#components;
    throw new ToxAsyncError(
      'ErrOutboxFull',
      `The outbox is full for this friend: ${outbox.load(friend).messages} of its ${outbox.load().messages} messages are for them. ` +
        'Wait until some are delivered or expire, or cancel some.',
    );
  }
}
