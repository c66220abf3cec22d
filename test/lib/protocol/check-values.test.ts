import assert from 'node:assert/strict';
import { toHex, utf8 } from '../../../lib/bytes';
import { encodeExchange, verifyExchange } from '../../../lib/protocol/keys/exchange';
import { deriveSessionKeys, encodeHello, helloEcho, sideOf } from '../../../lib/protocol/session/handshake';
import { mailboxOf, nodeHint, prekeyTag } from '../../../lib/protocol/names';
import { openEnvelope } from '../../../lib/protocol/envelope/open';
import { sealEnvelope } from '../../../lib/protocol/envelope/seal';
import { openSealed, sealMessage } from '../../../lib/protocol/session/sealed-message';
import { pair, PROVIDERS } from './support/fixtures';

/** The check values that docs/PROTOCOL.md prints: a second implementation must make the same bytes. */
for (const crypto of PROVIDERS) {
  describe(`check values of the protocol, with ${crypto.name}`, () => {
    const S = pair('sender identity', crypto);
    const R = pair('recipient identity', crypto);
    const P = pair('pre-key', crypto);

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

    it('seal the envelope, which opens', () => {
      const messageId = crypto.sha256(utf8('message id'));
      const fields = { messageId, timestamp: 1764000000, lifetime: 604800, type: 0, data: utf8('leak') };
      const { envelope } = sealEnvelope(crypto, {
        sender: S,
        recipient: R.publicKey,
        preKey: P.publicKey,
        ephemeral: pair('ephemeral', crypto),
        ...fields,
      });
      assert.equal(envelope.length, 287);
      assert.equal(
        toHex(crypto.sha256(envelope)),
        '2d323f4903d326b28c761998b03e4fecb763f039eee8628089539717cd9f5f5d',
      );
      const input = { envelope, recipient: R.publicKey, preKey: P, sender: S.publicKey };
      assert.deepEqual(openEnvelope(crypto, input), { outcome: 'opened', ...fields });
    });

    it('make the exchange, which verifies', () => {
      const exchange = encodeExchange(crypto, {
        from: S,
        to: R.publicKey,
        batch: 0x010203,
        valid: 2592000,
        timestamp: 1764000000,
        keys: [
          { index: 1, publicKey: P.publicKey },
          { index: 2, publicKey: pair('ephemeral', crypto).publicKey },
        ],
      });
      assert.equal(exchange.length, 180);
      assert.equal(
        toHex(crypto.sha256(exchange)),
        '00af8b14915f7a1ee47f57f8f293213b912a2a36b437d10e2f706b54356bbf5b',
      );
      assert.equal(verifyExchange(crypto, exchange, R), true);
    });

    it('agree on the keys of a session and seal its first message', () => {
      const [e1, e2] = [pair('e1', crypto), pair('e2', crypto)];
      const flags = { acceptsStores: false, openNode: false };
      const hello1 = encodeHello({ flags, ephemeral: e1.publicKey, echo: new Uint8Array(8) });
      const hello2 = encodeHello({ flags, ephemeral: e2.publicKey, echo: helloEcho(crypto, hello1) });
      assert.equal(sideOf(S.publicKey, R.publicKey), 1);
      const one = { side: 1, identity: S, ephemeral: e1, peerIdentity: R.publicKey } as const;
      const two = { side: 2, identity: R, ephemeral: e2, peerIdentity: S.publicKey } as const;
      const [ofOne, ofTwo] = [
        deriveSessionKeys(crypto, { ...one, peerEphemeral: e2.publicKey, hello1, hello2 }),
        deriveSessionKeys(crypto, { ...two, peerEphemeral: e1.publicKey, hello1, hello2 }),
      ];
      const k12 = '18da1eb0d9f59834253b3da2e13f9428efb85da3c9a0b6dd2dc216c87114b97d';
      const k21 = '3621d53fc64cb3a761238093699ba5c934f381e0ad86bdc51475cd2d03adc2a4';
      assert.deepEqual([toHex(ofOne.send), toHex(ofOne.receive)], [k12, k21]);
      assert.deepEqual([toHex(ofTwo.send), toHex(ofTwo.receive)], [k21, k12]);
      const sealed = sealMessage(crypto, ofOne.send, 1, 0x10, new Uint8Array(6));
      assert.equal(toHex(sealed), '020000000000000001f062c5acee8e99e6ecc44a12b53e5d435d034922202d51');
      assert.deepEqual(openSealed(crypto, ofTwo.receive, sealed), {
        counter: 1,
        kind: 0x10,
        body: new Uint8Array(6),
      });
    });
  });
}
