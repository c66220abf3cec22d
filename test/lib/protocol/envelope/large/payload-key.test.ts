import assert from 'node:assert/strict';
import { toHex } from '../../../../../lib/bytes';
import { payloadKey } from '../../../../../lib/protocol/envelope/large/payload-key';
import { H, join, sha256, uint } from '../../../vectors/support/reference/bytes';
import { crypto, filled, isWiped, MESSAGE_ID } from '../../support/fixtures';

const INPUT = {
  secret: filled(32, 1),
  messageId: MESSAGE_ID,
  inner: 2,
  flags: 2,
  label: filled(6, 0x61),
  data: filled(3000, 5),
};

describe('the payload key', () => {
  it('is what the page says', () => {
    const digest = sha256(join(uint(2, 1), uint(2, 1), INPUT.label, uint(0, 1), INPUT.data));
    const key = H('payload-key', INPUT.secret, MESSAGE_ID, digest);
    assert.equal(toHex(payloadKey(crypto, INPUT)), toHex(key));
  });

  it('is the same for the same message, and another for any other', () => {
    const key = toHex(payloadKey(crypto, INPUT));
    assert.equal(toHex(payloadKey(crypto, { ...INPUT })), key);
    const others = [
      { secret: filled(32, 2) },
      { messageId: filled(32, 3) },
      { inner: 3 },
      { flags: 3 },
      { label: filled(7, 0x61) },
      { data: filled(3001, 5) },
      // A label cannot pass for the beginning of the payload: no label holds a zero.
      { label: filled(5, 0x61), data: join(filled(1, 0x61), INPUT.data) },
    ].map((change) => toHex(payloadKey(crypto, { ...INPUT, ...change })));
    assert.equal(new Set([key, ...others]).size, others.length + 1);
  });

  it('leaves no copy of the payload in memory', () => {
    const given: Uint8Array[] = [];
    payloadKey(
      { ...crypto, sha256: (bytes, target) => (given.push(bytes), crypto.sha256(bytes, target)) },
      INPUT,
    );
    assert.equal(given[0]?.length, 2 + 6 + 1 + 3000);
    assert.ok(isWiped(given[0]));
  });
});
