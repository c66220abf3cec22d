import { concat, toHex } from '../../lib/bytes';
import type { CryptoProvider } from '../../lib/crypto/provider';
import { type EnvelopeHeader, readEnvelopeHeader } from '../../lib/protocol/envelope/envelope';
import { mailboxOf, storageIdOf } from '../../lib/protocol/names';
import { MailIndex } from '../../lib/storage/local/mail-index';
import {
  blockKey,
  blockOf,
  decodeEnvelope,
  envelopePrefix,
  type MailRecord,
  entryAt,
  ENTRY_BYTES,
} from '../../lib/storage/local/mail-records';
import type { Store } from '../../lib/store/store';
import { afterPrefix } from '../../lib/store/table';
import type { PublicKey } from '../../lib/types';

/** One message as a storage node keeps it. */
export interface StoredMail {
  readonly header: EnvelopeHeader;
  readonly envelope: Uint8Array;
  readonly record: MailRecord;
  /** Keys and values of everything about it, one after the other. */
  readonly everything: Uint8Array;
}

/** What the store of a node holds for a mailbox. */
export function mailIn(store: Store, mailbox: Uint8Array, crypto: CryptoProvider): StoredMail[] {
  const index = new MailIndex(store, (envelope) => storageIdOf(crypto, envelope));
  return [...index.slotsIn(mailbox, 0)].flatMap((slot) => {
    const number = index.table.numberOf(slot);
    const record = index.recordOf(number);
    return record ? [mailAt(store, number, record)] : [];
  });
}

function mailAt(store: Store, number: number, record: MailRecord): StoredMail {
  const parts = rows(store, envelopePrefix(number));
  const block = store.get(blockKey(blockOf(number)));
  const envelope = decodeEnvelope(parts.map(([, value]) => value));
  return {
    header: readEnvelopeHeader(envelope),
    envelope,
    record,
    everything: concat(
      ...parts.flat(),
      block?.subarray(entryAt(number), entryAt(number) + ENTRY_BYTES) ?? new Uint8Array(),
    ),
  };
}

function rows(store: Store, prefix: Uint8Array): [Uint8Array, Uint8Array][] {
  const range = store.range({ gte: prefix, lt: afterPrefix(prefix) });
  return [...range].map(([key, value]) => [key.slice(), value.slice()]);
}

/** In which ways the records of a message name a peer; empty when they do not. */
export function namesIn(mail: StoredMail, peer: PublicKey, crypto: CryptoProvider): string[] {
  const names: [string, Uint8Array][] = [
    ['the first half of its public key', peer.subarray(0, 16)],
    ['the second half of its public key', peer.subarray(16)],
    ['a hash of its public key', crypto.sha256(peer).subarray(0, 8)],
    ['its mailbox', mailboxOf(crypto, peer).subarray(0, 8)],
  ];
  const everything = toHex(mail.everything);
  return names.filter(([, bytes]) => everything.includes(toHex(bytes))).map(([name]) => name);
}
