import type { MailLimits } from '../mail-limits';
import type { NewMail, PutAnswer, RenewedMail } from '../message-engine';

/** What is asked of one envelope. */
export type Operation = PutOperation | RenewOperation | DeleteOperation;

interface Named {
  readonly mailbox: Uint8Array;
  readonly storageId: Uint8Array;
  reject(error: unknown): void;
}

/** One put. */
export interface PutOperation extends Named {
  readonly kind: 'put';
  readonly mail: NewMail;
  /** 16 bytes, from the envelope's header. */
  readonly tag: Uint8Array;
  readonly limits: MailLimits | undefined;
  resolve(answer: PutAnswer): void;
}

/** One renewal. */
export interface RenewOperation extends Named {
  readonly kind: 'renew';
  readonly keepSeconds: number;
  resolve(answer: RenewedMail | undefined): void;
}

/** One deletion. */
export interface DeleteOperation extends Named {
  readonly kind: 'delete';
  resolve(answer: boolean): void;
}
