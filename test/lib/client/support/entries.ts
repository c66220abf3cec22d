import type { OutboxEntry } from '../../../../lib/client/journal/outgoing/outbox';
import type { ServiceEntry } from '../../../../lib/client/journal/service-mail';

const NOTHING = new Uint8Array(32);
const key = { preKeyId: 0x101, storageId: new Uint8Array(16) };

/** A message of the outbox, sealed and nowhere yet, but for what the test says of it. */
export function outboxEntry(fields: Partial<OutboxEntry> = {}): OutboxEntry {
  const times = { lifetime: 60, acceptedAt: 0, createdAt: 0 };
  const ref = { slot: 0, serial: 1 };
  const fresh = { sealed: key, keys: [key.preKeyId], copies: [], stored: false, told: 0 };
  const message = { messageId: NOTHING, friend: NOTHING, type: 0, size: 4, ref, sequence: 1 };
  return { ...message, ...times, ...fresh, ...fields };
}

/** Receipts by mail, sealed and nowhere yet, but for what the test says of them. */
export function serviceEntry(fields: Partial<ServiceEntry> = {}): ServiceEntry {
  const content = { kind: 'receipts' } as const;
  const times = { lifetime: 60, acceptedAt: 0 };
  const fresh = { sealed: key, copies: [], told: 0, once: true };
  return { messageId: NOTHING, friend: NOTHING, content, sequence: 1, ...times, ...fresh, ...fields };
}
