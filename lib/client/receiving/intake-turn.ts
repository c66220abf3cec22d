import type { Content } from '../../protocol/envelope/content';
import type { WriteBatch } from '../../store/store';
import type { PublicKey } from '../../types';
import type { MemoryTurn } from '../journal/friend-memory';
import type { Origin } from './receive-result';

/** An envelope and where it came from. */
export interface Arrival {
  readonly envelope: Uint8Array;
  readonly origin: Origin;
}

/** A message that goes into the inbox. */
export interface Placed {
  readonly sender: PublicKey;
  readonly messageId: Uint8Array;
  readonly via: Origin['via'];
  /** Unix milliseconds, 0 without a clock of the sender's. */
  readonly sentAt: number;
}

/** What the parts of one batch share; all of it is of one friend. */
export interface IntakeTurn {
  readonly writes: WriteBatch;
  /** Room to remember its messages. */
  memory(sender: PublicKey): MemoryTurn;
  /** Puts a message into the inbox. @throws ErrLocalStorageFull, ErrStore */
  place(fields: Placed, content: Content): Promise<void>;
}
