import { concat, toHex } from '../../lib/bytes';
import type { CryptoProvider } from '../../lib/crypto/provider';
import { type EnvelopeHeader, readEnvelopeHeader } from '../../lib/protocol/envelope';
import { mailboxOf } from '../../lib/protocol/names';
import { MailIndex } from '../../lib/storage/mail-index';
import { type Found, readEnvelope } from '../../lib/storage/mail-lookup';
import {
  envelopePrefix,
  expiryKey,
  indexKey,
  type IndexRecord,
  numberKey,
  recentKey,
} from '../../lib/storage/mail-records';
import type { Store } from '../../lib/store/store';
import { afterPrefix } from '../../lib/store/table';
import type { PublicKey } from '../../lib/types';

/** One message as a storage node keeps it. */
export interface StoredMail {
  readonly header: EnvelopeHeader;
  readonly envelope: Uint8Array;
  readonly index: IndexRecord;
  /** Keys and values of every record about it, one after the other. */
  readonly everything: Uint8Array;
}

/** What the store of a node holds for a mailbox. */
export function mailIn(store: Store, mailbox: Uint8Array): StoredMail[] {
  return [...new MailIndex(store).list(mailbox)].map((found) => mailAt(store, mailbox, found));
}

function mailAt(store: Store, mailbox: Uint8Array, found: Found): StoredMail {
  const { number, record } = found;
  const keys = [
    recentKey(number),
    indexKey(mailbox, number),
    numberKey(mailbox, record.storageId),
    expiryKey(record.expires, number),
  ];
  const records = [...rows(store, envelopePrefix(number)), ...keys.flatMap((each) => rows(store, each))];
  const envelope = readEnvelope(store, found);
  return {
    header: readEnvelopeHeader(envelope),
    envelope,
    index: record,
    everything: concat(...records.flat()),
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
