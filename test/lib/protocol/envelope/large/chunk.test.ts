import assert from 'node:assert/strict';
import { concat, toHex } from '../../../../../lib/bytes';
import { isAcceptablePublicKey } from '../../../../../lib/crypto/public-key';
import { headerOf } from '../../../../../lib/protocol/envelope/envelope';
import { chunkTag, openChunk, sealChunk } from '../../../../../lib/protocol/envelope/large/chunk';
import { mailboxOf, storageIdOf } from '../../../../../lib/protocol/names';
import { chunkOf } from '../../../vectors/support/reference/large';
import {
  crypto,
  filled,
  flip,
  isWiped,
  patch,
  PROVIDERS,
  R,
  S,
  throwsCode,
  watching,
} from '../../support/fixtures';

const KEY = filled(32, 7);
const PLACE = { mailbox: mailboxOf(crypto, R.publicKey), key: KEY, index: 3 };
const FULL = filled(5300, 1);
const SHORT = filled(1437, 2);

describe('a chunk of a large message', () => {
  for (const provider of PROVIDERS) {
    it(`is what the page says, with ${provider.name}`, () => {
      for (const data of [FULL, SHORT, filled(1438, 3), filled(1, 4)]) {
        const { envelope, storageId, tag } = sealChunk(provider, PLACE, data);
        assert.equal(toHex(envelope), toHex(chunkOf(KEY, R.publicKey, 3, data)));
        assert.deepEqual(storageId, storageIdOf(provider, envelope));
        assert.deepEqual(tag, chunkTag(provider, KEY, 3));
        assert.deepEqual(openChunk(provider, PLACE, { envelope, length: data.length }), data);
      }
    });
  }

  it('has the fifth size, and the largest of the others when it is short', () => {
    const sizes = [5300, 1438, 1437, 1].map(
      (length) => sealChunk(crypto, PLACE, filled(length, 1)).envelope.length,
    );
    assert.deepEqual(sizes, [5397, 5397, 1534, 1534]);
  });

  it('cannot be made of nothing or of more than it holds', () => {
    for (const length of [0, 5301]) {
      throwsCode(() => sealChunk(crypto, PLACE, new Uint8Array(length)), 'ErrInvalidArgument');
    }
  });

  it('shows where an envelope has its ephemeral key something that could be one', () => {
    let acceptable = 0;
    for (let index = 0; index < 50; index += 1) {
      const { envelope } = sealChunk(crypto, { ...PLACE, index }, SHORT);
      const cover = headerOf(envelope)?.ephemeral ?? new Uint8Array();
      assert.equal((cover[31] ?? 0xff) & 0x80, 0);
      if (isAcceptablePublicKey(cover)) acceptable += 1;
    }
    assert.equal(acceptable, 50);
  });

  it('is forged when a bit of it is another', () => {
    const { envelope } = sealChunk(crypto, PLACE, SHORT);
    for (let bit = 0; bit < envelope.length * 8; bit += 37) {
      assert.equal(openChunk(crypto, PLACE, { envelope: flip(envelope, bit), length: 1437 }), undefined);
    }
    // Bit 255 of the cover, which stands in the last byte before the box.
    assert.equal(openChunk(crypto, PLACE, { envelope: flip(envelope, 80 * 8), length: 1437 }), undefined);
  });

  it('is forged under another mailbox, index or payload key', () => {
    const { envelope } = sealChunk(crypto, PLACE, FULL);
    const others = [
      { ...PLACE, mailbox: mailboxOf(crypto, S.publicKey) },
      { ...PLACE, index: 2 },
      { ...PLACE, key: filled(32, 8) },
    ];
    for (const place of others) assert.equal(openChunk(crypto, place, { envelope, length: 5300 }), undefined);
  });

  it('is forged with another cover, although the box is made for it', () => {
    const envelope = chunkOf(KEY, R.publicKey, 3, SHORT, { cover: filled(32, 1) });
    assert.equal(openChunk(crypto, PLACE, { envelope, length: 1437 }), undefined);
  });

  it('is forged in another size than its data take', () => {
    const long = chunkOf(KEY, R.publicKey, 3, SHORT, { room: 5300 });
    assert.equal(openChunk(crypto, PLACE, { envelope: long, length: 1437 }), undefined);
    const { envelope } = sealChunk(crypto, PLACE, SHORT);
    assert.equal(openChunk(crypto, PLACE, { envelope, length: 1438 }), undefined);
  });

  it('is forged when anything but zeros fills it', () => {
    const { envelope } = sealChunk(crypto, PLACE, FULL);
    assert.equal(openChunk(crypto, PLACE, { envelope, length: 5299 }), undefined);
  });

  it('is not looked at in a size or version that no envelope has', () => {
    const { envelope } = sealChunk(crypto, PLACE, SHORT);
    for (const odd of [new Uint8Array(), concat(envelope, filled(1, 0)), patch(envelope, 0, [2])]) {
      assert.equal(openChunk(crypto, PLACE, { envelope: odd, length: 1437 }), undefined);
    }
  });

  it('leaves no plaintext and no key of its box in memory once it is sealed', () => {
    const watched = watching();
    sealChunk(watched.crypto, PLACE, SHORT);
    const plain = watched.plains.at(-1);
    assert.equal(plain?.length, 1437);
    assert.ok(isWiped(plain));
    assert.ok(watched.hashes.some(isWiped));
  });
});
