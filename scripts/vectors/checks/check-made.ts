import type { CryptoProvider } from '../../../lib/crypto/provider';
import { decodeExchange, encodeExchange, verifyExchange } from '../../../lib/protocol/keys/exchange';
import { isKnownType } from '../../../lib/protocol/envelope/message-types';
import { openEnvelope } from '../../../lib/protocol/envelope/open';
import { sealEnvelope } from '../../../lib/protocol/envelope/seal';
import { toHex } from '../../../lib/bytes';
import { bytesOf, listOf, mustEqual, numberOf, type Fields } from '../fields';

/** Vectors of what our code makes and takes: each is made again, compared, and read back. */

export function checkEnvelope(crypto: CryptoProvider, v: Fields): void {
  const sender = crypto.keyPairFromSecret(v.bytes('senderSecret', 32));
  const preKey = crypto.keyPairFromSecret(v.bytes('preKeySecret', 32));
  const recipient = v.bytes('recipientPublic', 32);
  const keySecret = v.bytes('keySecret', 32);
  const message = {
    messageId: v.bytes('messageId', 32),
    timestamp: v.number('timestamp'),
    lifetime: v.number('lifetime'),
    type: v.number('type'),
    data: v.bytes('data'),
  };
  const { envelope, storageId } = sealEnvelope(crypto, {
    sender,
    recipient,
    preKey: preKey.publicKey,
    keySecret,
    ephemeral: crypto.keyPairFromSecret(v.bytes('ephemeralSecret', 32)),
    ...message,
  });
  v.mustBe('envelope', envelope);
  v.mustBe('storageId', storageId);
  const opened = openEnvelope(crypto, {
    envelope: v.bytes('envelope'),
    recipient,
    preKey,
    keySecret,
    sender: sender.publicKey,
  });
  const { messageId, lifetime } = message;
  const wanted = isKnownType(message.type)
    ? { outcome: 'opened', ...message }
    : { outcome: 'unsupported', messageId, lifetime };
  mustEqual('the opened envelope', legible(opened), legible(wanted));
}

export function checkExchange(crypto: CryptoProvider, v: Fields): void {
  const from = crypto.keyPairFromSecret(v.bytes('fromSecret', 32));
  const to = v.bytes('to', 32);
  const fields = {
    batch: v.number('batch'),
    valid: v.number('valid'),
    timestamp: v.number('timestamp'),
    seed: v.bytes('seed', 32),
    keys: v.list('keys').map((entry) => {
      const [index, publicKey] = listOf(entry, 'a key');
      return { index: numberOf(index, 'an index'), publicKey: bytesOf(publicKey, 'a public key', 32) };
    }),
  };
  v.mustBe('exchange', encodeExchange(crypto, { from, to, ...fields }));
  const decoded = decodeExchange(v.bytes('exchange'));
  mustEqual('the decoded exchange', legible(decoded), legible({ from: from.publicKey, to, ...fields }));
  // The MAC is under a secret that both sides share, so it can only be verified here by who has a secret of `to`.
  if (v.has('toSecret')) {
    const recipient = crypto.keyPairFromSecret(v.bytes('toSecret', 32));
    mustEqual('the MAC', verifyExchange(crypto, v.bytes('exchange'), recipient), true);
  }
}

/** The same with bytes as hex and fields in order, to compare and to print. */
export function legible(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(legible);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, field]): [string, unknown] => [name, legible(field)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
