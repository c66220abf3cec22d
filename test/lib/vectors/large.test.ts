import assert from 'node:assert/strict';
import { hex, join, toHex } from './support/reference/bytes';
import { chunksOf, headOf, openChunk, readHead } from './support/reference/large';
import { readVectors } from './support/vector-files';

describe('The vectors of large messages', () => {
  const vectors = readVectors('large');

  it('begin with the check values of docs/PROTOCOL.md', () => {
    assert.deepEqual(
      vectors.slice(0, 2).map(({ label, data, chunks }) => [label, data.length / 2, chunks.length]),
      [
        ['camera', 20_000, 4],
        ['t', 2768, 1],
      ],
    );
  });

  it('have both sizes of a chunk, the longest label, the largest payload and every kind of content', () => {
    const sizes = new Set(vectors.flatMap(({ chunks }) => chunks.map((chunk) => chunk.length / 2)));
    assert.deepEqual([...sizes].sort(), [1534, 5397]);
    assert.ok(vectors.some(({ label }) => Buffer.byteLength(label) === 255));
    assert.ok(vectors.some(({ data, chunks }) => data.length / 2 === 262_144 && chunks.length === 50));
    assert.deepEqual([...new Set(vectors.map(({ inner }) => inner))].sort(), [0, 1, 2, 3]);
    assert.ok(vectors.some(({ deflated }) => deflated));
  });

  vectors.forEach((vector, i) => {
    const recipient = hex(vector.recipientPublic);
    const payload = {
      payloadKey: hex(vector.payloadKey),
      label: new TextEncoder().encode(vector.label),
      inner: vector.inner,
      deflated: vector.deflated,
      data: hex(vector.data),
    };

    it(`${i} is made of the same bytes by the reference`, () => {
      assert.equal(toHex(headOf(payload)), vector.head);
      assert.deepEqual(chunksOf(payload, recipient).map(toHex), vector.chunks);
    });

    it(`${i} is put together by the reference`, () => {
      const head = readHead(hex(vector.head));
      assert.ok(head !== 'malformed');
      const layout = { payloadKey: head.payloadKey, total: head.total, first: head.first.length };
      const pieces = vector.chunks.map((chunk) => {
        const piece = openChunk(layout, recipient, hex(chunk));
        assert.ok(typeof piece !== 'string');
        return piece;
      });
      assert.equal(toHex(join(head.first, ...pieces)), vector.data);
    });
  });
});
