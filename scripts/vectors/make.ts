import { toHex, utf8 } from '../../lib/bytes';
import { createPortableProvider } from '../../lib/crypto/providers/portable';
import { encodeExchange } from '../../lib/protocol/keys/exchange';
import { keySecret } from '../../lib/protocol/keys/key-secret';
import { sealEnvelope } from '../../lib/protocol/envelope/seal';
import type { KeyPair } from '../../lib/types';
import type {
  EnvelopeVector,
  ExchangeVector,
  VectorFiles,
} from '../../test/lib/vectors/support/vector-files';
import { makeCells } from './make-cell';
import { makeFleets } from './make-fleet';
import { makeLarge } from './make-large';
import { EXTENDED_CASES } from './extended-cases';
import { makeRejects } from './rejects/rejects';
import { makeSessions } from './make-session';
import { mailOfReceipts } from './rejects/reject-receipts';
import { makeSpec } from './spec-forms';

const crypto = createPortableProvider();

/** Everything in the vectors comes from names, so that making them again gives the same files. */
const digest = (name: string) => crypto.sha256(utf8(name));
const pair = (name: string): KeyPair => crypto.keyPairFromSecret(digest(name));

/** All vectors of test/vectors but those that must be refused are made by our own code. */
export function makeVectors(): VectorFiles {
  return {
    envelope: envelopes(),
    exchange: exchanges(),
    session: makeSessions(crypto),
    large: makeLarge(crypto, digest),
    fleet: makeFleets(crypto),
    cell: makeCells(crypto),
    reject: makeRejects(),
    spec: makeSpec(crypto, digest),
  };
}

interface EnvelopeCase {
  name: string;
  type: number;
  data: Uint8Array;
  timestamp?: number;
  lifetime?: number;
}

function envelopes(): EnvelopeVector[] {
  const text = (length: number) => utf8('forward secrecy '.repeat(86).slice(0, length));
  const check: EnvelopeVector = envelope(
    { name: 'message id', type: 0, data: utf8('leak') },
    { sender: 'sender identity', recipient: 'recipient identity', preKey: 'pre-key', ephemeral: 'ephemeral' },
  );
  // Every bucket at both its ends, every type, the ends of both numbers.
  const cases: EnvelopeCase[] = [
    ...[1, 125, 126, 381, 382, 1149, 1150, 1372].map((n) => ({
      name: `text of ${n}`,
      type: 0,
      data: text(n),
    })),
    { name: 'action', type: 1, data: utf8('öffnet das Ventil 🚰'), timestamp: 0 },
    { name: 'binary', type: 2, data: Uint8Array.from({ length: 256 }, (_, i) => i), lifetime: 1 },
    { name: 'json', type: 3, data: utf8('{"water":true}'), lifetime: 1_209_600 },
    ...EXTENDED_CASES.map((one) => ({ ...one, type: 4 })),
    { name: 'receipts', type: 0x80, data: mailOfReceipts() },
    { name: 'keys', type: 0x81, data: digest('keys').slice(0, 10) },
    { name: 'a type of a later version', type: 200, data: utf8('?'), timestamp: 8_640_000_000_000 },
  ];
  return [
    check,
    ...cases.map((one) =>
      envelope(one, {
        sender: `${one.name}: sender`,
        recipient: `${one.name}: recipient`,
        preKey: `${one.name}: pre-key`,
        ephemeral: `${one.name}: ephemeral`,
      }),
    ),
  ];
}

function envelope(
  { name, type, data, timestamp = 1_764_000_000, lifetime = 604_800 }: EnvelopeCase,
  names: { sender: string; recipient: string; preKey: string; ephemeral: string },
): EnvelopeVector {
  const recipient = pair(names.recipient).publicKey;
  const fields = { messageId: digest(name), timestamp, lifetime, type, data };
  const q = keySecretFor(names.preKey);
  const sealed = sealEnvelope(crypto, {
    sender: pair(names.sender),
    recipient,
    preKey: pair(names.preKey).publicKey,
    keySecret: q,
    ephemeral: pair(names.ephemeral),
    ...fields,
  });
  return {
    senderSecret: toHex(digest(names.sender)),
    recipientPublic: toHex(recipient),
    preKeySecret: toHex(digest(names.preKey)),
    keySecret: toHex(q),
    ephemeralSecret: toHex(digest(names.ephemeral)),
    ...fields,
    messageId: toHex(fields.messageId),
    data: toHex(data),
    envelope: toHex(sealed.envelope),
    storageId: toHex(sealed.storageId),
  };
}

/** q of the key of that name, as index 1 of batch 0x010203. */
function keySecretFor(name: string): Uint8Array {
  const key = { index: 1, publicKey: pair(name).publicKey };
  return keySecret(crypto, digest('seed'), 0x010203, key);
}

function exchanges(): ExchangeVector[] {
  const key = (i: number): [number, string] => [i, toHex(pair(`key ${i}`).publicKey)];
  const checkKeys: [number, string][] = [
    [1, toHex(pair('pre-key').publicKey)],
    [2, toHex(pair('ephemeral').publicKey)],
  ];
  const all = Array.from({ length: 104 }, (_, i) => key(i + 1));
  return [
    exchange({ batch: 0x010203, valid: 2_592_000, timestamp: 1_764_000_000, keys: checkKeys }),
    exchange({ batch: 1, valid: 1, timestamp: 0, keys: [key(104)] }),
    exchange({ batch: 0xffffff, valid: 86_400, timestamp: 1, keys: [key(1), key(50), key(104)] }),
    exchange({ batch: 0x800000, valid: 2_592_000, timestamp: 8_640_000_000_000, keys: all }),
  ];
}

function exchange(fields: Omit<ExchangeVector, 'fromSecret' | 'to' | 'seed' | 'exchange'>): ExchangeVector {
  const to = pair('recipient identity').publicKey;
  const keys = fields.keys.map(([index, publicKey]) => ({
    index,
    publicKey: new Uint8Array(Buffer.from(publicKey, 'hex')),
  }));
  const seed = digest(fields.batch === 0x010203 ? 'seed' : `seed of ${fields.batch}`);
  const made = encodeExchange(crypto, { ...fields, from: pair('sender identity'), to, seed, keys });
  return {
    fromSecret: toHex(digest('sender identity')),
    to: toHex(to),
    ...fields,
    seed: toHex(seed),
    exchange: toHex(made),
  };
}
