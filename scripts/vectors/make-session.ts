import { toHex } from '../../lib/bytes';
import { DECAPSULATION_KEY_BYTES, KEM_CIPHERTEXT_BYTES, KEM_KEY_BYTES } from '../../lib/crypto/kem/lengths';
import type { CryptoProvider } from '../../lib/crypto/provider';
import { deriveSessionKeys, sideOf } from '../../lib/protocol/session/handshake';
import { encodeHello1, encodeHello2, helloEcho } from '../../lib/protocol/session/hello';
import { sealMessage } from '../../lib/protocol/session/sealed-message';
import { encodeSessionMessage } from '../../lib/protocol/session/message-kinds';
import type { SessionVector } from '../../test/lib/vectors/support/vector-files';
import { digest, stretched } from './cast';
import { everyMessage } from './session-bodies';

/** Of two identities in any order, and of the ephemerals of side 1 and 2. */
type Names = readonly [one: string, two: string, ephemeral1: string, ephemeral2: string];
type Messages = { direction: '12' | '21'; counter: number; kind: number; body: Uint8Array }[];
type KemFields = Pick<SessionVector, 'kemKey' | 'kemCiphertext' | 'kemSecret' | 'decapsulationKey'>;

export function makeSessions(crypto: CryptoProvider): SessionVector[] {
  const empty = encodeSessionMessage({
    kind: 'state',
    holdsMail: false,
    held: 0,
    batches: [],
    hints: [],
    openNodes: [],
  });
  const spoken = everyMessage(crypto, digest).map((message, i) => ({
    direction: i % 2 === 0 ? ('12' as const) : ('21' as const),
    counter: (i >> 1) + 1,
    ...encodeSessionMessage(message),
  }));
  const last = Number.MAX_SAFE_INTEGER;
  const ends = [
    { direction: '21' as const, counter: 1000, kind: 0xff, body: new Uint8Array(0) },
    { direction: '21' as const, counter: last, kind: 0x28, body: new Uint8Array(2) },
  ];
  const check = ['sender identity', 'recipient identity', 'e1', 'e2'] as const;
  const talk = ['one', 'two', 'ephemeral of one', 'ephemeral of two'] as const;
  const atTheEnds = ['anna', 'bert', "anna's ephemeral", "bert's ephemeral"] as const;
  return [
    session(crypto, check, kemOfNames(), [0, 0], [{ direction: '12', counter: 1, ...empty }]),
    session(crypto, talk, realKem(crypto, 'one and two'), [1, 3], spoken),
    session(crypto, atTheEnds, realKem(crypto, 'anna and bert'), [0xfffe, 2], ends),
  ];
}

/** As in the check values: bytes of the right lengths, for who has no ML-KEM at hand. */
function kemOfNames(): KemFields {
  return {
    kemKey: toHex(stretched('kem key', KEM_KEY_BYTES)),
    kemCiphertext: toHex(stretched('kem ciphertext', KEM_CIPHERTEXT_BYTES)),
    kemSecret: toHex(digest('kem secret')),
  };
}

function realKem(crypto: CryptoProvider, name: string): KemFields {
  const decapsulationKey = stretched(`${name}: decapsulation key`, DECAPSULATION_KEY_BYTES);
  const key = crypto.kemPublicKey(decapsulationKey);
  const { ciphertext, secret } = crypto.kemEncapsulate(key, digest(`${name}: entropy`));
  return {
    kemKey: toHex(key),
    kemCiphertext: toHex(ciphertext),
    kemSecret: toHex(secret),
    decapsulationKey: toHex(decapsulationKey),
  };
}

function session(
  crypto: CryptoProvider,
  [a, b, first, second]: Names,
  kem: KemFields,
  [flags1, flags2]: readonly [number, number],
  messages: Messages,
): SessionVector {
  const pair = (name: string) => crypto.keyPairFromSecret(digest(name));
  const [one, two] = sideOf(pair(a).publicKey, pair(b).publicKey) === 1 ? [a, b] : [b, a];
  const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
  const flags = { acceptsStores: false, openNode: false };
  const hello1 = encodeHello1({ flags, ephemeral: pair(first).publicKey, kemKey: bytes(kem.kemKey) });
  hello1.set([flags1 >> 8, flags1 & 0xff], 3);
  const hello2 = encodeHello2({
    flags,
    ephemeral: pair(second).publicKey,
    echo: helloEcho(crypto, hello1),
    kemCiphertext: bytes(kem.kemCiphertext),
  });
  hello2.set([flags2 >> 8, flags2 & 0xff], 3);
  const keys = deriveSessionKeys(crypto, {
    side: 1,
    identity: pair(one),
    ephemeral: pair(first),
    peerIdentity: pair(two).publicKey,
    peerEphemeral: pair(second).publicKey,
    kemSecret: bytes(kem.kemSecret),
    hello1,
    hello2,
  });
  return {
    secret1: toHex(digest(one)),
    secret2: toHex(digest(two)),
    ephemeral1: toHex(digest(first)),
    ephemeral2: toHex(digest(second)),
    ...kem,
    flags1,
    flags2,
    k12: toHex(keys.send),
    k21: toHex(keys.receive),
    messages: messages.map(({ direction, counter, kind, body }) => {
      const key = direction === '12' ? keys.send : keys.receive;
      const sealed = toHex(sealMessage(crypto, key, counter, kind, body));
      return { direction, counter, kind, body: toHex(body), sealed };
    }),
  };
}
