import assert from 'node:assert/strict';
import {
  CompactHeldKey,
  CompactIssuedKey,
  heldKeyForm,
  issuedKeyForm,
} from '../../../lib/forward-security/compact-keys';
import type { HeldKeyRecord, IssuedKeyRecord } from '../../../lib/forward-security/key-records';

const filled = (length: number, first: number) => Uint8Array.from({ length }, (_, i) => first + i);

const ISSUED: IssuedKeyRecord = {
  ref: { slot: 0xfedc_ba98, serial: 2 ** 48 - 1 },
  publicKey: filled(32, 1),
  tag: filled(16, 50),
  wrapped: filled(48, 200),
};
const HELD: HeldKeyRecord = { ...ISSUED, batch: 0xfedcba, index: 255, validUntil: 2 ** 40 + 1 };

const issuedOf = ({ ref, publicKey, tag, wrapped }: IssuedKeyRecord) => ({ ref, publicKey, tag, wrapped });
const heldOf = (key: HeldKeyRecord) => ({
  ...issuedOf(key),
  batch: key.batch,
  index: key.index,
  validUntil: key.validUntil,
});

describe('records of one-time keys', () => {
  it('give back what they were made of', () => {
    assert.deepEqual(issuedOf(issuedKeyForm.decode(issuedKeyForm.encode(ISSUED))), ISSUED);
    assert.deepEqual(heldOf(heldKeyForm.decode(heldKeyForm.encode(HELD))), HELD);
  });

  it('share no memory with the store', () => {
    const encoded = heldKeyForm.encode(HELD);
    const key = heldKeyForm.decode(encoded);
    encoded.fill(0);
    assert.deepEqual(heldOf(key), HELD);
  });

  it('have as many bytes each time', () => {
    const small = { ...HELD, ref: { slot: 1, serial: 1 }, batch: 1, index: 1, validUntil: 1 };
    assert.equal(issuedKeyForm.encode(ISSUED).length, 4 + 8 + 32 + 16 + 48);
    for (const key of [HELD, small])
      assert.equal(heldKeyForm.encode(key).length, 4 + 8 + 32 + 16 + 48 + 3 + 1 + 8);
  });
});

describe('one-time keys in memory', () => {
  const peer = filled(32, 7);

  it('are those of the record, decoded or new, and of their place', () => {
    const place = { peer, batch: 5, index: 6, order: 7 };
    for (const record of [ISSUED, issuedKeyForm.decode(issuedKeyForm.encode(ISSUED))]) {
      const key = new CompactIssuedKey(record, place);
      assert.deepEqual(issuedOf(key), ISSUED);
      assert.deepEqual({ peer: key.peer, batch: key.batch, index: key.index, order: key.order }, place);
    }
    const stock = { peer, mailbox: filled(32, 9), sequence: 8 };
    for (const record of [HELD, heldKeyForm.decode(heldKeyForm.encode(HELD))]) {
      const key = new CompactHeldKey(record, stock);
      assert.deepEqual(heldOf(key), HELD);
      assert.deepEqual({ peer: key.peer, mailbox: key.mailbox, sequence: key.sequence }, stock);
    }
  });

  it('are not changed by what is done to an array that they gave', () => {
    const key = new CompactIssuedKey(ISSUED, { peer, batch: 5, index: 6, order: 7 });
    for (const part of [key.publicKey, key.tag, key.wrapped]) part.fill(0);
    assert.deepEqual(issuedOf(key), ISSUED);
  });
});
