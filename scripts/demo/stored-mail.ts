import { concat, toHex } from '../../lib/bytes';
import type { CryptoProvider } from '../../lib/crypto/provider';
import { type EnvelopeHeader, readEnvelopeHeader } from '../../lib/protocol/envelope';
import { mailboxOf } from '../../lib/protocol/names';
import { readEnvelope } from '../../lib/storage/mail-lookup';
import {
  decodeIndex,
  envelopePrefix,
  expiryKey,
  indexKey,
  type IndexRecord,
  mailboxPrefix,
  numberKey,
  numberOfKey,
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
  const numbers = rows(store, mailboxPrefix(mailbox)).map(([key]) => numberOfKey(key));
  return numbers.map((number) => mailAt(store, mailbox, number));
}

function mailAt(store: Store, mailbox: Uint8Array, number: number): StoredMail {
  const key = indexKey(mailbox, number);
  const index = decodeIndex(store.get(key) ?? new Uint8Array());
  if (!index) throw new Error('The record of a stored message is damaged.');
  const keys = [key, numberKey(mailbox, index.storageId), expiryKey(index.expires, number)];
  const records = [...rows(store, envelopePrefix(number)), ...keys.flatMap((each) => rows(store, each))];
  const envelope = readEnvelope(store, number);
  return { header: readEnvelopeHeader(envelope), envelope, index, everything: concat(...records.flat()) };
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
