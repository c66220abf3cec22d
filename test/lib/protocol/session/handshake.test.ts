import assert from 'node:assert/strict';
import { concat, toHex } from '../../../../lib/bytes';
import {
  checkSessionParties,
  deriveSessionKeys,
  sideOf,
  type SessionKeysInput,
} from '../../../../lib/protocol/session/handshake';
import { encodeHello1, encodeHello2, helloEcho } from '../../../../lib/protocol/session/hello';
import { LOW_ORDER_POINTS, UNACCEPTABLE_KEYS } from '../../../../lib/testing/crypto/known-answers';
import { bytes, crypto, filled, isWiped, pair, patch, R, S, throwsCode, watching } from '../support/fixtures';

const flags = { acceptsStores: false, openNode: false };
const e1 = () => pair('e1');
const e2 = () => pair('e2');
const kemSecret = () => filled(32, 0x55);
const hello1 = encodeHello1({ flags, ephemeral: e1().publicKey, kemKey: filled(1184, 3) });
const hello2 = encodeHello2({
  flags,
  ephemeral: e2().publicKey,
  echo: helloEcho(crypto, hello1),
  kemCiphertext: filled(1088, 4),
});

function sideOne(change: Partial<SessionKeysInput> = {}): SessionKeysInput {
  return {
    side: 1,
    identity: S,
    ephemeral: e1(),
    peerIdentity: R.publicKey,
    peerEphemeral: e2().publicKey,
    kemSecret: kemSecret(),
    hello1,
    hello2,
    ...change,
  };
}

describe('the keys of a session', () => {
  it('are one per direction, the same on both sides', () => {
    const one = deriveSessionKeys(crypto, sideOne());
    const two = deriveSessionKeys(crypto, {
      side: 2,
      identity: R,
      ephemeral: e2(),
      peerIdentity: S.publicKey,
      peerEphemeral: e1().publicKey,
      kemSecret: kemSecret(),
      hello1,
      hello2,
    });
    assert.deepEqual(one, { send: two.receive, receive: two.send });
    assert.notDeepEqual(one.send, one.receive);
  });

  it('depend on all five secrets and on every byte of both hellos', () => {
    const longer = concat(hello1, filled(1, 1));
    const base = toHex(deriveSessionKeys(crypto, sideOne()).send);
    const other = pair('other');
    const changes: Partial<SessionKeysInput>[] = [
      { identity: other },
      { ephemeral: pair('e3') },
      { peerIdentity: other.publicKey },
      { peerEphemeral: pair('e3').publicKey },
      { kemSecret: filled(32, 1) },
      { side: 2 },
      { hello1: longer, hello2: longer },
      { hello1: concat(hello1, filled(1, 0)) },
      { hello2: concat(hello2, filled(1, 0)) },
    ];
    for (let at = 1; at < hello1.length; at += 1) {
      changes.push({ hello1: patch(hello1, at, [hello1[at]! ^ 1]) });
    }
    for (let at = 1; at < hello2.length; at += 1) {
      changes.push({ hello2: patch(hello2, at, [hello2[at]! ^ 1]) });
    }
    const keys = changes.map((change) => toHex(deriveSessionKeys(crypto, sideOne(change)).send));
    assert.equal(new Set([base, ...keys]).size, changes.length + 1);
  });

  it('are never made with a key of the peer that is not acceptable or is ours', () => {
    for (const key of [...UNACCEPTABLE_KEYS, ...LOW_ORDER_POINTS, S.publicKey, e1().publicKey]) {
      for (const change of [{ peerEphemeral: key }, { peerIdentity: key }]) {
        const input = sideOne(change);
        throwsCode(() => deriveSessionKeys(crypto, input), 'ErrInvalidKey');
        throwsCode(() => checkSessionParties(input), 'ErrInvalidKey');
        assert.deepEqual(input.ephemeral, e1(), 'a bad hello does not cost us our key');
      }
    }
  });

  it('leave neither shared secrets, nor K, nor the ephemeral and the KEM secret behind', () => {
    const { crypto: watched, shared, hashes } = watching();
    const input = sideOne();
    const keys = deriveSessionKeys(watched, input);
    assert.equal(shared.length, 3);
    assert.ok(shared.every(isWiped));
    assert.ok(isWiped(input.ephemeral.secretKey));
    assert.ok(isWiped(input.kemSecret));
    assert.deepEqual(
      hashes.filter((hash) => !isWiped(hash)),
      [keys.send, keys.receive],
    );
    assert.deepEqual(S, pair('sender identity'), 'the identity stays');
  });

  it('take no hello that is shorter than those of version 1', () => {
    const short = { hello1: hello1.subarray(0, -1), hello2: hello2.subarray(0, -1) };
    for (const change of [{ hello1: short.hello1 }, { hello2: short.hello2 }]) {
      throwsCode(() => deriveSessionKeys(crypto, sideOne(change)), 'ErrInvalidArgument');
    }
  });
});

describe('the side of a session', () => {
  it('is 1 for the smaller key, bytewise', () => {
    const [low, high] = [bytes('7f' + 'ff'.repeat(31)), bytes('80' + '00'.repeat(31))];
    assert.deepEqual([sideOf(low, high), sideOf(high, low)], [1, 2]);
  });
});
