import { toHex } from '../../../lib/bytes';
import {
  DECAPSULATION_KEY_BYTES,
  KEM_CIPHERTEXT_BYTES,
  KEM_KEY_BYTES,
} from '../../../lib/crypto/kem/lengths';
import type { CryptoProvider } from '../../../lib/crypto/provider';
import { deriveSessionKeys, sideOf } from '../../../lib/protocol/session/handshake';
import { encodeHello1, encodeHello2, helloEcho } from '../../../lib/protocol/session/hello';
import { openSealed, sealMessage } from '../../../lib/protocol/session/sealed-message';
import type { KeyPair, PublicKey } from '../../../lib/types';
import { legible } from './check-made';
import { Fields, Mismatch, mustEqual } from '../fields';

const NO_FLAGS = { acceptsStores: false, openNode: false };

/** A session is agreed on by both of its sides, and its messages are made anew, compared and read back. */
export function checkSession(crypto: CryptoProvider, v: Fields): void {
  const pair = (name: string) => crypto.keyPairFromSecret(v.bytes(name, 32));
  const [identity1, identity2] = [pair('secret1'), pair('secret2')];
  if (sideOf(identity1.publicKey, identity2.publicKey) !== 1)
    throw new Mismatch('secret1 is not the side with the smaller public key');
  const [e1, e2] = [pair('ephemeral1').publicKey, pair('ephemeral2').publicKey];
  const [kemKey, kemCiphertext] = kemOf(crypto, v);
  const hello1 = encodeHello1({ flags: NO_FLAGS, ephemeral: e1, kemKey });
  setFlags(hello1, v.number('flags1'));
  const echo = helloEcho(crypto, hello1);
  const hello2 = encodeHello2({ flags: NO_FLAGS, ephemeral: e2, echo, kemCiphertext });
  setFlags(hello2, v.number('flags2'));
  const keysOf = (side: 1 | 2, identity: KeyPair, ephemeral: KeyPair, peer: KeyPair, peerE: PublicKey) =>
    deriveSessionKeys(crypto, {
      side,
      identity,
      ephemeral,
      peerIdentity: peer.publicKey,
      peerEphemeral: peerE,
      kemSecret: v.bytes('kemSecret', 32),
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

/** Key and ciphertext. Whether they belong together shows only to who has the decapsulation key. */
function kemOf(crypto: CryptoProvider, v: Fields): [kemKey: Uint8Array, kemCiphertext: Uint8Array] {
  const ciphertext = v.bytes('kemCiphertext', KEM_CIPHERTEXT_BYTES);
  if (v.has('decapsulationKey')) {
    const decapsulationKey = v.bytes('decapsulationKey', DECAPSULATION_KEY_BYTES);
    v.mustBe('kemKey', crypto.kemPublicKey(decapsulationKey));
    v.mustBe('kemSecret', crypto.kemDecapsulate(decapsulationKey, ciphertext));
  }
  return [v.bytes('kemKey', KEM_KEY_BYTES), ciphertext];
}

function checkSealed(crypto: CryptoProvider, v: Fields, k12: Uint8Array, k21: Uint8Array): void {
  const direction = v.text('direction');
  if (direction !== '12' && direction !== '21') throw new Mismatch('direction is neither "12" nor "21"');
  const key = direction === '12' ? k12 : k21;
  const message = { counter: v.number('counter'), kind: v.number('kind'), body: v.bytes('body') };
  v.mustBe('sealed', sealMessage(crypto, key, message.counter, message.kind, message.body));
  mustEqual('the opened message', legible(openSealed(crypto, key, v.bytes('sealed'))), legible(message));
}

/** Any flags: those that version 1 does not know are ignored, but they are in the keys. */
function setFlags(hello: Uint8Array, flags: number): void {
  if (flags > 0xffff) throw new Mismatch('the flags of a hello are two bytes');
  hello.set([flags >> 8, flags & 0xff], 3);
}
