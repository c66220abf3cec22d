import assert from 'node:assert/strict';
import { hex, publicOf, sha256, toHex } from './support/reference/bytes';
import { judgeExchange, makeExchange } from './support/reference/exchange';
import { readVectors } from './support/vector-files';

describe('The exchange vectors', () => {
  const vectors = readVectors('exchange');

  it('begin with the check value of docs/PROTOCOL.md', () => {
    const exchange = hex(vectors[0]?.exchange ?? '');
    assert.equal(exchange.length, 212);
    assert.equal(toHex(sha256(exchange)), '9cd6db5673e7436530f327f98b0bbba5de8e7de64a1ff27541ce521324abcf63');
  });

  it('have an exchange of one key and one of all 104, which is 3,578 bytes long', () => {
    const counts = vectors.map(({ keys }) => keys.length);
    assert.ok(counts.includes(1) && counts.includes(104));
    const longest = vectors.find(({ keys }) => keys.length === 104);
    assert.equal((longest?.exchange.length ?? 0) / 2, 3578);
  });

  vectors.forEach(({ fromSecret, to, batch, valid, timestamp, seed, keys, exchange }, i) => {
    it(`${i} is made of the same bytes by the reference`, () => {
      const list = keys.map(([index, key]): [number, Uint8Array] => [index, hex(key)]);
      const made = makeExchange(hex(fromSecret), hex(to), {
        batch,
        valid,
        timestamp,
        seed: hex(seed),
        keys: list,
      });
      assert.equal(toHex(made), exchange);
    });

    it(`${i} is taken by the reference of its recipient`, () => {
      const toSecret = sha256(Buffer.from('recipient identity'));
      assert.equal(toHex(publicOf(toSecret)), to);
      assert.equal(judgeExchange(toSecret, publicOf(hex(fromSecret)), hex(exchange)), 'ok');
    });
  });
});
