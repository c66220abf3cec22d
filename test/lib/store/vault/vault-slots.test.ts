import assert from 'node:assert/strict';
import {
  encodeVaultHeader,
  LARGEST_SERIAL,
  plainSlots,
  readSecretSlot,
  readVaultHeader,
  SLOT_BYTES,
  writeSecretSlot,
} from '../../../../lib/store/vault/vault-slots';

const secret = new Uint8Array(32).map((_, i) => i + 1);

function slotOf(slot: number, serial: number): Uint8Array {
  const bytes = new Uint8Array(SLOT_BYTES);
  writeSecretSlot(bytes, slot, serial, plainSlots.seal(slot, serial, secret));
  return bytes;
}

describe('a slot of the vault', () => {
  it('divides a 512-byte line without a rest', () => {
    assert.equal(512 % SLOT_BYTES, 0);
  });

  it('holds a secret and a serial of 48 bits', () => {
    for (const serial of [1, 2 ** 32 - 1, 2 ** 32, LARGEST_SERIAL]) {
      const held = readSecretSlot(slotOf(3, serial), 3);
      assert.equal(held?.serial, serial);
      assert.deepEqual(plainSlots.open(3, serial, held.sealed), secret);
    }
  });

  it('is empty when it is zeros, in any place', () => {
    for (const slot of [0, 1, 77]) assert.equal(readSecretSlot(new Uint8Array(SLOT_BYTES), slot), undefined);
  });

  it('reads as nothing when any bit is changed', () => {
    const whole = slotOf(3, 12_345);
    for (let bit = 0; bit < SLOT_BYTES * 8; bit++) {
      const bytes = whole.slice();
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(readSecretSlot(bytes, 3), undefined);
    }
  });

  it('reads as nothing in another place', () => {
    assert.equal(readSecretSlot(slotOf(3, 5), 4), undefined);
  });

  it('reads as nothing when a part of it is zeros', () => {
    for (let end = 6; end < SLOT_BYTES; end++) {
      assert.equal(readSecretSlot(slotOf(3, 5).fill(0, 0, end), 3), undefined);
    }
  });
});

describe('the header of a vault', () => {
  const names = { id: new Uint8Array(16).fill(9), keyId: new Uint8Array(16).fill(7) };

  it('names the vault and the key of its slots', () => {
    assert.deepEqual(readVaultHeader(encodeVaultHeader(names)), names);
  });

  it('is not one with any bit changed, cut short, or of zeros', () => {
    const header = encodeVaultHeader(names);
    for (let bit = 0; bit < SLOT_BYTES * 8; bit++) {
      const bytes = header.slice();
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(readVaultHeader(bytes), undefined);
    }
    assert.equal(readVaultHeader(header.subarray(0, 63)), undefined);
    assert.equal(readVaultHeader(new Uint8Array(SLOT_BYTES)), undefined);
  });
});
