import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import {
  agreedVersion,
  decodeHello,
  deriveSessionKeys,
  encodeHello,
  encodeWake,
  helloEcho,
  sideOf,
  type SessionKeysInput,
} from '../../../../lib/protocol/session/handshake';
import { LOW_ORDER_POINTS, UNACCEPTABLE_KEYS } from '../../../../lib/testing/crypto/known-answers';
import { bytes, crypto, filled, isWiped, pair, patch, R, S, throwsCode, watching } from '../support/fixtures';

const NO_FLAGS = { acceptsStores: false, openNode: false };
const e1 = () => pair('e1');
const e2 = () => pair('e2');
const hello1 = encodeHello({ flags: NO_FLAGS, ephemeral: e1().publicKey, echo: new Uint8Array(8) });
const hello2 = encodeHello({ flags: NO_FLAGS, ephemeral: e2().publicKey, echo: helloEcho(crypto, hello1) });

function sideOne(change: Partial<SessionKeysInput> = {}): SessionKeysInput {
  return {
    side: 1,
    identity: S,
    ephemeral: e1(),
    peerIdentity: R.publicKey,
    peerEphemeral: e2().publicKey,
    hello1,
    hello2,
    ...change,
  };
}

describe('wake and hello', () => {
  it('have their bytes', () => {
    assert.deepEqual(encodeWake(), bytes('00'));
    const hello = encodeHello({
      flags: { acceptsStores: true, openNode: true },
      ephemeral: filled(32, 0xee),
      echo: filled(8, 0xcc),
    });
    assert.equal(toHex(hello), `0101010003${'ee'.repeat(32)}${'cc'.repeat(8)}`);
  });

  it('carry each flag in its bit', () => {
    const flags = (acceptsStores: boolean, openNode: boolean) =>
      encodeHello({ flags: { acceptsStores, openNode }, ephemeral: filled(32, 1), echo: filled(8, 0) }).slice(
        3,
        5,
      );
    assert.deepEqual([...flags(true, false)], [0, 1]);
    assert.deepEqual([...flags(false, true)], [0, 2]);
    for (const acceptsStores of [true, false]) {
      for (const openNode of [true, false]) {
        const hello = encodeHello({
          flags: { acceptsStores, openNode },
          ephemeral: e1().publicKey,
          echo: filled(8, 0),
        });
        assert.deepEqual(decodeHello(hello).flags, { acceptsStores, openNode });
      }
    }
  });

  it('are read back, with flags of later builds ignored', () => {
    assert.deepEqual(decodeHello(patch(hello2, 3, [0xff, 0xfc])), {
      minVersion: 1,
      maxVersion: 1,
      flags: NO_FLAGS,
      ephemeral: e2().publicKey,
      echo: helloEcho(crypto, hello1),
    });
    assert.deepEqual(decodeHello(patch(hello2, 3, [0xff, 0xff])).flags, {
      acceptsStores: true,
      openNode: true,
    });
  });

  it('are refused at any other length, first byte or order of versions', () => {
    const wrong = [new Uint8Array(), hello1.subarray(0, 44), new Uint8Array([...hello1, 0])];
    for (const value of [...wrong, patch(hello1, 0, [0]), patch(hello1, 1, [2, 1])]) {
      throwsCode(() => decodeHello(value), 'ErrMalformed');
    }
    throwsCode(
      () => encodeHello({ flags: NO_FLAGS, ephemeral: filled(31, 1), echo: filled(8, 0) }),
      'ErrInvalidArgument',
    );
    throwsCode(
      () => encodeHello({ flags: NO_FLAGS, ephemeral: filled(32, 1), echo: filled(7, 0) }),
      'ErrInvalidArgument',
    );
  });

  it('agree on version 1 when the other side offers it too', () => {
    const agreed = (min: number, max: number) => agreedVersion(decodeHello(patch(hello1, 1, [min, max])));
    assert.deepEqual([agreed(1, 1), agreed(0, 9), agreed(1, 3)], [1, 1, 1]);
    assert.deepEqual([agreed(2, 3), agreed(0, 0)], [undefined, undefined]);
  });

  it('echo the 44 bytes after the first', () => {
    assert.deepEqual(helloEcho(crypto, hello1), crypto.sha256(hello1.subarray(1)).slice(0, 8));
    throwsCode(() => helloEcho(crypto, hello1.subarray(1)), 'ErrInvalidArgument');
  });

  it('give side 1 to the smaller key, bytewise', () => {
    const [low, high] = [bytes('7f' + 'ff'.repeat(31)), bytes('80' + '00'.repeat(31))];
    assert.deepEqual([sideOf(low, high), sideOf(high, low)], [1, 2]);
  });
});

describe('the keys of a session', () => {
  it('are one per direction, the same on both sides', () => {
    const one = deriveSessionKeys(crypto, sideOne());
    const two = deriveSessionKeys(crypto, {
      side: 2,
      identity: R,
      ephemeral: e2(),
      peerIdentity: S.publicKey,
      peerEphemeral: e1().publicKey,
      hello1,
      hello2,
    });
    assert.deepEqual(one, { send: two.receive, receive: two.send });
    assert.notDeepEqual(one.send, one.receive);
  });

  it('depend on all four secrets and on every byte of both hellos', () => {
    const base = toHex(deriveSessionKeys(crypto, sideOne()).send);
    const other = pair('other');
    const changes: Partial<SessionKeysInput>[] = [
      { identity: other },
      { ephemeral: pair('e3') },
      { peerIdentity: other.publicKey },
      { peerEphemeral: pair('e3').publicKey },
      { side: 2 },
      { hello1: hello2, hello2: hello1 },
    ];
    for (let at = 1; at < 45; at += 1) {
      changes.push(
        { hello1: patch(hello1, at, [hello1[at]! ^ 1]) },
        { hello2: patch(hello2, at, [hello2[at]! ^ 1]) },
      );
    }
    const keys = changes.map((change) => toHex(deriveSessionKeys(crypto, sideOne(change)).send));
    assert.equal(new Set([base, ...keys]).size, changes.length + 1);
  });

  it('are never made with a key of the peer that is not acceptable or is ours', () => {
    for (const key of [...UNACCEPTABLE_KEYS, ...LOW_ORDER_POINTS, S.publicKey, e1().publicKey]) {
      for (const change of [{ peerEphemeral: key }, { peerIdentity: key }]) {
        const ephemeral = e1();
        throwsCode(() => deriveSessionKeys(crypto, sideOne({ ...change, ephemeral })), 'ErrInvalidKey');
        assert.deepEqual(ephemeral, e1(), 'a bad hello does not cost us our key');
      }
    }
  });

  it('leave neither shared secrets, nor K, nor the ephemeral secret behind', () => {
    const { crypto: watched, shared, hashes } = watching();
    const ephemeral = e1();
    const keys = deriveSessionKeys(watched, sideOne({ ephemeral }));
    assert.equal(shared.length, 3);
    assert.ok(shared.every(isWiped));
    assert.ok(isWiped(ephemeral.secretKey));
    assert.deepEqual(
      hashes.filter((hash) => !isWiped(hash)),
      [keys.send, keys.receive],
    );
    assert.deepEqual(S, pair('sender identity'), 'the identity stays');
  });
});
