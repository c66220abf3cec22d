import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { utf8 } from '../../../lib/bytes';
import { labelledHash } from '../../../lib/crypto/labelled-hash';
import { ToxAsyncError } from '../../../lib/errors';
import { bytes } from '../../../lib/testing/crypto/known-answers';
import { portable, PROVIDERS } from './support/providers';

describe('a labelled hash', () => {
  it('is SHA-256 of the label and each part, with their lengths in front', () => {
    const joined = Buffer.concat([
      Buffer.from([18]),
      Buffer.from('tox-async/1/sample', 'ascii'),
      Buffer.from([0, 2, 0xaa, 0xbb]),
      Buffer.from([0, 0]),
      Buffer.from([1, 0x2c]),
      Buffer.alloc(300, 7),
    ]);
    const expected = new Uint8Array(createHash('sha256').update(joined).digest());
    const parts = [bytes('aabb'), bytes(''), new Uint8Array(300).fill(7)];
    for (const crypto of PROVIDERS) assert.deepEqual(labelledHash(crypto, 'sample', ...parts), expected);
  });

  it('differs when the same bytes are parted elsewhere', () => {
    const one = labelledHash(portable, 'x', utf8('ab'), utf8('c'));
    assert.notDeepEqual(one, labelledHash(portable, 'x', utf8('a'), utf8('bc')));
    assert.notDeepEqual(one, labelledHash(portable, 'x', utf8('abc')));
    assert.notDeepEqual(one, labelledHash(portable, 'x', utf8('ab'), utf8('c'), utf8('')));
  });

  it('refuses a label or a part whose length does not fit its field', () => {
    const isArgument = (error: unknown) => ToxAsyncError.is(error, 'ErrInvalidArgument');
    assert.throws(() => labelledHash(portable, 'x', new Uint8Array(0x10000)), isArgument);
    assert.throws(() => labelledHash(portable, 'x'.repeat(244)), isArgument);
    labelledHash(portable, 'x'.repeat(243), new Uint8Array(0xffff));
  });

  it('wipes the joined bytes, which may be secrets, and leaves the parts alone', () => {
    const wiped: Uint8Array[] = [];
    const watching = { ...portable, wipe: (b: Uint8Array) => void (wiped.push(b.slice()), b.fill(0)) };
    const part = bytes('0102030405');
    labelledHash(watching, 'x', part);
    assert.equal(wiped.length, 1);
    assert.ok(Buffer.from(wiped[0]!).includes(Buffer.from(part)));
    assert.deepEqual(part, bytes('0102030405'));
  });

  it('wipes them also when they cannot be hashed', () => {
    let joined: Uint8Array | undefined;
    const broken = {
      ...portable,
      sha256: (data: Uint8Array) => {
        joined = data;
        throw new Error('no hash');
      },
    };
    assert.throws(() => labelledHash(broken, 'x', bytes('0102030405')), /no hash/);
    assert.ok(joined?.every((byte) => byte === 0));
  });
});
