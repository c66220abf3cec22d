import type { PublicKey, QueuedReason, Via } from '../../types';

/** A message on its way. */
export interface OutboxRow {
  readonly messageId: Uint8Array;
  readonly friend: PublicKey;
  /** Bytes, the label and what JSON needs included. */
  readonly size: number;
  /** Since it was accepted, and until it expires. */
  readonly age: number;
  readonly remaining: number;
  /** Since it should have had a receipt; absent while it is not overdue. */
  readonly overdue?: number;
  /** What it waits for; absent when it is on its way, or stored. */
  readonly reason?: QueuedReason;
  /** With the reason 'refused': why. */
  readonly code?: string;
  /** Storage nodes that confirmed it, or the head of a large message; and how many are wanted. */
  readonly nodes: readonly PublicKey[];
  readonly wanted: number;
  /** A node has all of it. */
  readonly isStored: boolean;
  /** Of a large message: the most pieces that one peer has, of how many. */
  readonly pieces?: { readonly done: number; readonly total: number };
}

/** A message that no handler has finished. */
export interface InboxRow {
  readonly messageId: Uint8Array;
  readonly friend: PublicKey;
  readonly via: Via;
  /** Unix milliseconds, for display. */
  readonly receivedAt: number;
  /** 'waiting': no handler took it; 'kept': one took it and has not acknowledged; 'failed': one failed, it comes again. */
  readonly state: 'waiting' | 'kept' | 'failed';
}
