import type { CryptoProvider } from '../../lib/crypto/provider';
import { decodeExchange, encodeExchange, verifyExchange } from '../../lib/protocol/keys/exchange';
import { deriveSessionKeys, encodeHello, helloEcho, sideOf } from '../../lib/protocol/session/handshake';
import { isKnownType } from '../../lib/protocol/envelope/message-types';
import { openEnvelope } from '../../lib/protocol/envelope/open';
import { sealEnvelope } from '../../lib/protocol/envelope/seal';
import { openSealed, sealMessage } from '../../lib/protocol/session/sealed-message';
import type { KeyPair, PublicKey } from '../../lib/types';
import { toHex } from '../../lib/bytes';
import { bytesOf, Fields, listOf, Mismatch, mustEqual, numberOf } from './fields';

/** Vectors of what our code makes and takes: each is made again, compared, and read back. */

export function checkEnvelope(crypto: CryptoProvider, v: Fields): void {
  const sender = crypto.keyPairFromSecret(v.bytes('senderSecret', 32));
  const preKey = crypto.keyPairFromSecret(v.bytes('preKeySecret', 32));
  const recipient = v.bytes('recipientPublic', 32);
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
    ephemeral: crypto.keyPairFromSecret(v.bytes('ephemeralSecret', 32)),
    ...message,
  });
  v.mustBe('envelope', envelope);
  v.mustBe('storageId', storageId);
  const opened = openEnvelope(crypto, {
    envelope: v.bytes('envelope'),
    recipient,
    preKey,
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

export function checkSession(crypto: CryptoProvider, v: Fields): void {
  const pair = (name: string) => crypto.keyPairFromSecret(v.bytes(name, 32));
  const [identity1, identity2] = [pair('secret1'), pair('secret2')];
  if (sideOf(identity1.publicKey, identity2.publicKey) !== 1)
    throw new Mismatch('secret1 is not the side with the smaller public key');
  const [e1, e2] = [pair('ephemeral1').publicKey, pair('ephemeral2').publicKey];
  const hello1 = helloWith(v.number('flags1'), e1, new Uint8Array(8));
  const hello2 = helloWith(v.number('flags2'), e2, helloEcho(crypto, hello1));
  const keysOf = (side: 1 | 2, identity: KeyPair, ephemeral: KeyPair, peer: KeyPair, peerE: PublicKey) =>
    deriveSessionKeys(crypto, {
      side,
      identity,
      ephemeral,
      peerIdentity: peer.publicKey,
      peerEphemeral: peerE,
      hello1,
      hello2,
    });
  const one = keysOf(1, identity1, pair('ephemeral1'), identity2, e2);
  const two = keysOf(2, identity2, pair('ephemeral2'), identity1, e1);
  v.mustBe('k12', one.send);
  v.mustBe('k21', one.receive);
  mustEqual(
    'the keys of side 2',
    [toHex(two.receive), toHex(two.send)],
    [toHex(one.send), toHex(one.receive)],
  );
  for (const entry of v.list('messages')) checkSealed(crypto, new Fields(entry), one.send, one.receive);
}

function checkSealed(crypto: CryptoProvider, v: Fields, k12: Uint8Array, k21: Uint8Array): void {
  const direction = v.text('direction');
  if (direction !== '12' && direction !== '21') throw new Mismatch('direction is neither "12" nor "21"');
  const key = direction === '12' ? k12 : k21;
  const message = { counter: v.number('counter'), kind: v.number('kind'), body: v.bytes('body') };
  v.mustBe('sealed', sealMessage(crypto, key, message.counter, message.kind, message.body));
  mustEqual('the opened message', legible(openSealed(crypto, key, v.bytes('sealed'))), legible(message));
}

/** A hello with any flags: those that version 1 does not know are ignored, but they are in the keys. */
function helloWith(flags: number, ephemeral: PublicKey, echo: Uint8Array): Uint8Array {
  if (flags > 0xffff) throw new Mismatch('the flags of a hello are two bytes');
  const hello = encodeHello({ flags: { acceptsStores: false, openNode: false }, ephemeral, echo });
  hello.set([flags >> 8, flags & 0xff], 3);
  return hello;
}

/** The same with bytes as hex and fields in order, to compare and to print. */
function legible(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(legible);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, field]): [string, unknown] => [name, legible(field)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
