import assert from 'node:assert/strict';
import { hex, publicOf, sha256, toHex } from './support/reference/bytes';
import { judgeExchange, makeExchange } from './support/reference/exchange';
import { readVectors } from './support/vector-files';

describe('The exchange vectors', () => {
  const vectors = readVectors('exchange');

  it('begin with the check value of docs/PROTOCOL.md', () => {
    const exchange = hex(vectors[0]?.exchange ?? '');
    assert.equal(exchange.length, 180);
    assert.equal(toHex(sha256(exchange)), '00af8b14915f7a1ee47f57f8f293213b912a2a36b437d10e2f706b54356bbf5b');
  });

  it('have an exchange of one key and one of all 104, which is 3,546 bytes long', () => {
    const counts = vectors.map(({ keys }) => keys.length);
    assert.ok(counts.includes(1) && counts.includes(104));
    const longest = vectors.find(({ keys }) => keys.length === 104);
    assert.equal((longest?.exchange.length ?? 0) / 2, 3546);
  });

  vectors.forEach(({ fromSecret, to, batch, valid, timestamp, keys, exchange }, i) => {
    it(`${i} is made of the same bytes by the reference`, () => {
      const list = keys.map(([index, key]): [number, Uint8Array] => [index, hex(key)]);
      const made = makeExchange(hex(fromSecret), hex(to), { batch, valid, timestamp, keys: list });
      assert.equal(toHex(made), exchange);
    });

    it(`${i} is taken by the reference of its recipient`, () => {
      const toSecret = sha256(Buffer.from('recipient identity'));
      assert.equal(toHex(publicOf(toSecret)), to);
      assert.equal(judgeExchange(toSecret, publicOf(hex(fromSecret)), hex(exchange)), 'ok');
    });
  });
});
