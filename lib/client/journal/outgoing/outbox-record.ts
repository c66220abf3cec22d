import type { KeyUse } from '../../../forward-security/key-limits';
import type { SlotRef } from '../../../store/vault/secret-vault';
import type { PublicKey } from '../../../types';
import type { Copy } from './copies';

/** A message that is accepted and not finished. */
export interface OutboxRecord {
  readonly messageId: Uint8Array;
  readonly friend: PublicKey;
  readonly type: number;
  readonly size: number;
  /** Seconds from acceptance. */
  readonly lifetime: number;
  /** Age at acceptance. */
  readonly acceptedAt: number;
  /** Unix milliseconds, for display. */
  readonly createdAt: number;
  readonly ref: SlotRef;
  /** Of a message that no envelope holds: its envelope is the head, and this many chunks follow. */
  large?: LargeRecord;
  /** The key that the envelope is sealed to; absent while the message needs one. */
  sealed?: { readonly preKeyId: number; readonly storageId: Uint8Array };
  /** The keys that it was sealed to, the last four: a receipt by mail names one of them. */
  keys: readonly number[];
  copies: Copy[];
  /** A node confirmed a copy at some time. */
  stored: boolean;
  /** Age at which a node first confirmed this envelope. */
  depositedAt?: number;
  /** The most nodes that a "stored" outcome of this envelope named. */
  told: number;
  /** Absent when nobody is to hear that its receipt is late. */
  overdue?: OverdueRecord;
  /** Of a message that replaces earlier ones of the same name. */
  readonly value?: ValueRecord;
  /** A newer one may take its place when the outbox is full. */
  readonly isDroppable?: true;
  /** It goes before those that are not, and may use what is kept for such. */
  readonly isUrgent?: true;
}

/** When a message without a receipt is reported as overdue. */
export interface OverdueRecord {
  /** Age at which it is. */
  readonly at: number;
  readonly isTold: boolean;
}

/** Of messages of one value only the newest matters. */
export interface ValueRecord {
  /** Of its name (value-name.ts). */
  readonly name: Uint8Array;
  /** Age since which the newest one waits for an earlier one that is under way; absent when that is its acceptance. */
  readonly waitsSince?: number;
}

/** What is remembered of a large message beside what all have. */
export interface LargeRecord {
  readonly chunks: number;
  /** Age at which its last turn began; absent as long as it had none (large-turns.ts). */
  readonly turnAt?: number;
}

export interface OutboxEntry extends OutboxRecord {
  readonly sequence: number;
}

/** A record without the field that only memory has. (A clone is made much faster than a rest of an object.) */
export function durable(entry: OutboxEntry, change: Partial<OutboxRecord> = {}): OutboxRecord {
  const record = { ...entry, ...change, sequence: undefined };
  return record;
}

/** It has no receipt by the time that its sender gave it, and nobody heard of that. */
export function isOverdue({ overdue }: Pick<OutboxRecord, 'overdue'>, now: number): boolean {
  return overdue !== undefined && !overdue.isTold && overdue.at <= now;
}

/** Nodes that have it whole, as outcomes count them. Those of a large message may have its head alone. */
export function reachedNodes({ large, told, copies }: OutboxRecord, wanted: number): number {
  // Renewals may have gone to further nodes.
  return Math.min(large ? told : copies.length, wanted);
}

/** Another may take its place before it leaves: it is sealed when somebody is there to take it. */
export function sealsLate({ value, isDroppable }: Pick<OutboxRecord, 'value' | 'isDroppable'>): boolean {
  return value !== undefined || isDroppable === true;
}

/** Which of its friend's keys it may be sealed to. */
export function keyUseOf({ isUrgent }: Pick<OutboxRecord, 'isUrgent'>): KeyUse {
  return isUrgent ? 'sendable' : 'ordinary';
}

/** Urgent ones before the others, and else as they were. */
export function urgentFirst<E extends Pick<OutboxRecord, 'isUrgent'>>(entries: readonly E[]): E[] {
  const urgent = entries.filter(({ isUrgent }) => isUrgent);
  return urgent.length === 0 ? [...entries] : [...urgent, ...entries.filter(({ isUrgent }) => !isUrgent)];
}

/** A large message is sealed in its turn. */
export function hadTurn({ large }: OutboxEntry): boolean {
  return large === undefined || large.turnAt !== undefined;
}
