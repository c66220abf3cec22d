import assert from 'node:assert/strict';
import { concat, toHex, utf8 } from '../../../lib/bytes';
import { oneTimeSecret } from '../../../lib/forward-security/key-slots';
import { encodeExchange, verifyExchange } from '../../../lib/protocol/keys/exchange';
import { keySecret } from '../../../lib/protocol/keys/key-secret';
import { deriveSessionKeys, sideOf } from '../../../lib/protocol/session/handshake';
import { encodeHello1, encodeHello2, helloEcho } from '../../../lib/protocol/session/hello';
import { mailboxOf, nodeHint, prekeyTag } from '../../../lib/protocol/names';
import { openEnvelope } from '../../../lib/protocol/envelope/open';
import { sealChunk } from '../../../lib/protocol/envelope/large/chunk';
import { encodeLargeHead } from '../../../lib/protocol/envelope/large/large-head';
import { chunkCount, chunkRange, firstBytes } from '../../../lib/protocol/envelope/large/large-layout';
import { sealEnvelope } from '../../../lib/protocol/envelope/seal';
import { openSealed, sealMessage } from '../../../lib/protocol/session/sealed-message';
import { pair, PROVIDERS } from './support/fixtures';

/** Label, bytes of the payload, digest of the head's data, and of each chunk: bytes in it, its length, its digest. */
const LARGE: [string, number, string | undefined, [data: number, size: number, digest: string][]][] = [
  [
    'camera',
    20_000,
    'e75cc957c79ae7df78abcc7ec180d7964e15079776fe7934dea4b14bcce5ee4d',
    [
      [5300, 5397, '1c78961f8ddda8c4'],
      [5300, 5397, '7688d1b0f964113b'],
      [5300, 5397, '3aec03405897a5ef'],
      [2774, 5397, '99d78aebd33eb818'],
    ],
  ],
  ['t', 2768, undefined, [[1437, 1534, '217f6aed6cd5e254a9adccb0f6d8ad3b6e0bbb245884713b43c312f89b5af96d']]],
];

/** The check values that docs/PROTOCOL.md prints: a second implementation must make the same bytes. */
for (const crypto of PROVIDERS) {
  describe(`check values of the protocol, with ${crypto.name}`, () => {
    const S = pair('sender identity', crypto);
    const R = pair('recipient identity', crypto);
    const P = pair('pre-key', crypto);
    const seed = crypto.sha256(utf8('seed'));
    const q = keySecret(crypto, seed, 0x010203, { index: 1, publicKey: P.publicKey });

    it('begin with the four public keys', () => {
      assert.equal(toHex(S.publicKey), '6428c4aabf99ddb58180ec6e1ae9481edd0b0a4b4c061ca3b452036bbba29b56');
      assert.equal(toHex(R.publicKey), 'cd0f8875d04f3f20a37e5631fe837844a63a91db7d0a4d76ce162eb90d008336');
      assert.equal(toHex(P.publicKey), '9c5f9313eee8df25f88f5c634c70151f5c16ee9298f83758f950d421dcad5f19');
      assert.equal(
        toHex(pair('ephemeral', crypto).publicKey),
        'e29d7521911498b837ed692d12a81587898e0ac3f6208eac1069bca82fb6b633',
      );
    });

    it('name mailbox, key and node', () => {
      assert.equal(
        toHex(mailboxOf(crypto, R.publicKey)),
        '795c0395809fc3f529cc1323ad619b80616647b90515d312e7a89c0d36968ed9',
      );
      assert.equal(toHex(prekeyTag(crypto, P.publicKey)), 'aeba1346f5103f6832a282f6bdd4c874');
      assert.equal(toHex(nodeHint(crypto, R.publicKey, S.publicKey)), '9b1bbf3e9e5f1f64');
    });

    it('make a one-time key of its slot, and its secret of the seed', () => {
      const slot = crypto.sha256(utf8('slot'));
      assert.equal(
        toHex(oneTimeSecret(crypto, slot)),
        'bb4784f66ec9fd14f8361f9ea3911f16e48faa504128730bc6282ade7c7157a6',
      );
      assert.equal(toHex(q), 'b6f0a1682f89bfa9bf9bb0d453362de81bdd90438c17a5ce3f643bb359226c65');
    });

    it('seal the envelope, which opens', () => {
      const messageId = crypto.sha256(utf8('message id'));
      const fields = { messageId, timestamp: 1764000000, lifetime: 604800, type: 0, data: utf8('leak') };
      const { envelope } = sealEnvelope(crypto, {
        sender: S,
        recipient: R.publicKey,
        preKey: P.publicKey,
        keySecret: q,
        ephemeral: pair('ephemeral', crypto),
        ...fields,
      });
      assert.equal(envelope.length, 287);
      assert.equal(
        toHex(crypto.sha256(envelope)),
        '40b76e6ac51894e2c348a035079b4f9fe575ef71eac886fef35ff921cd7f6fe5',
      );
      const input = { envelope, recipient: R.publicKey, preKey: P, keySecret: q, sender: S.publicKey };
      assert.deepEqual(openEnvelope(crypto, input), { outcome: 'opened', ...fields });
    });

    it('make the exchange, which verifies', () => {
      const exchange = encodeExchange(crypto, {
        from: S,
        to: R.publicKey,
        batch: 0x010203,
        valid: 2592000,
        timestamp: 1764000000,
        seed,
        keys: [
          { index: 1, publicKey: P.publicKey },
          { index: 2, publicKey: pair('ephemeral', crypto).publicKey },
        ],
      });
      assert.equal(exchange.length, 212);
      assert.equal(
        toHex(crypto.sha256(exchange)),
        '9cd6db5673e7436530f327f98b0bbba5de8e7de64a1ff27541ce521324abcf63',
      );
      assert.equal(verifyExchange(crypto, exchange, R), true);
    });

    it('agree on the keys of a session and seal its first message', () => {
      const [e1, e2] = [pair('e1', crypto), pair('e2', crypto)];
      const flags = { acceptsStores: false, openNode: false };
      const kemKey = stretched(crypto, 'kem key', 1184);
      const kemCiphertext = stretched(crypto, 'kem ciphertext', 1088);
      const hello1 = encodeHello1({ flags, ephemeral: e1.publicKey, kemKey });
      const echo = helloEcho(crypto, hello1);
      const hello2 = encodeHello2({ flags, ephemeral: e2.publicKey, echo, kemCiphertext });
      assert.equal(sideOf(S.publicKey, R.publicKey), 1);
      const both = () => ({ kemSecret: crypto.sha256(utf8('kem secret')), hello1, hello2 });
      const one = { side: 1, identity: S, ephemeral: e1, peerIdentity: R.publicKey } as const;
      const two = { side: 2, identity: R, ephemeral: e2, peerIdentity: S.publicKey } as const;
      const [ofOne, ofTwo] = [
        deriveSessionKeys(crypto, { ...one, peerEphemeral: e2.publicKey, ...both() }),
        deriveSessionKeys(crypto, { ...two, peerEphemeral: e1.publicKey, ...both() }),
      ];
      const k12 = 'a2b4b2826f767188e30a455681b06304be582a66fce339c0fa84e2d55429fd09';
      const k21 = '33ae3fe95a7936bb1253d528a20a1bb43d6626571c553f41eb2d66a42d937228';
      assert.deepEqual([toHex(ofOne.send), toHex(ofOne.receive)], [k12, k21]);
      assert.deepEqual([toHex(ofTwo.send), toHex(ofTwo.receive)], [k21, k12]);
      const sealed = sealMessage(crypto, ofOne.send, 1, 0x10, new Uint8Array(6));
      assert.equal(toHex(sealed), '0200000000000000013e4c735182cbb24d3ebb8e837e089ae16ca592ac863eea');
      assert.deepEqual(openSealed(crypto, ofTwo.receive, sealed), {
        counter: 1,
        kind: 0x10,
        body: new Uint8Array(6),
      });
    });

    for (const [label, length, head, chunks] of LARGE) {
      it(`make the large message "${label}"`, () => {
        const text = utf8(label);
        const data = stretched(crypto, 'payload', length);
        const key = crypto.sha256(utf8('payload key'));
        const layout = { total: length, first: firstBytes(text.length) };
        const rest = encodeLargeHead({ total: length, key, first: data.subarray(0, layout.first) });
        const whole = concat(new Uint8Array([2, 2, text.length]), text, rest);
        if (head !== undefined) assert.equal(toHex(crypto.sha256(whole)), head);
        const made = Array.from({ length: chunkCount(layout) }, (_, index) => {
          const { from, to } = chunkRange(layout, index);
          const place = { mailbox: mailboxOf(crypto, R.publicKey), key, index };
          const { envelope } = sealChunk(crypto, place, data.subarray(from, to));
          const digest = toHex(crypto.sha256(envelope));
          return [to - from, envelope.length, digest.slice(0, chunks[index]?.[2].length)];
        });
        assert.deepEqual(made, chunks);
      });
    }
  });
}

/** SHA-256(name || counter 2), counter from 0, joined and cut. */
function stretched(crypto: (typeof PROVIDERS)[number], name: string, length: number): Uint8Array {
  const block = (i: number) => crypto.sha256(concat(utf8(name), new Uint8Array([i >> 8, i & 0xff])));
  return concat(...Array.from({ length: Math.ceil(length / 32) }, (_, i) => block(i))).slice(0, length);
}
