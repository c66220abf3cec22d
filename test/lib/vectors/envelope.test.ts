import assert from 'node:assert/strict';
import { hex, publicOf, toHex } from './support/reference/bytes';
import { open, seal, storageIdOf } from './support/reference/envelope';
import { readVectors } from './support/vector-files';

describe('The envelope vectors', () => {
  const vectors = readVectors('envelope');

  it('begin with the check value of docs/PROTOCOL.md', () => {
    assert.equal(vectors[0]?.storageId, '40b76e6ac51894e2c348a035079b4f9f');
    assert.equal(vectors[0].data, toHex(Buffer.from('leak')));
  });

  it('have every size of an envelope, both ends of each, and every type', () => {
    const sizes = new Set(vectors.map(({ envelope }) => envelope.length / 2));
    assert.deepEqual(
      [...sizes].sort((a, b) => a - b),
      [287, 543, 1311, 1534],
    );
    const lengths = new Set(vectors.map(({ data }) => data.length / 2));
    for (const length of [1, 125, 126, 381, 382, 1149, 1150, 1372]) assert.ok(lengths.has(length));
    const types = new Set(vectors.map(({ type }) => type));
    assert.deepEqual(
      [...types].sort((a, b) => a - b),
      [0, 1, 2, 3, 4, 0x80, 0x81, 200],
    );
  });

  vectors.forEach((vector, i) => {
    const keys = {
      senderSecret: hex(vector.senderSecret),
      recipientPublic: hex(vector.recipientPublic),
      preKeySecret: hex(vector.preKeySecret),
      keySecret: hex(vector.keySecret),
    };
    const { timestamp, lifetime, type } = vector;
    const messageId = hex(vector.messageId);
    const message = { messageId, timestamp, lifetime, type, data: hex(vector.data) };

    it(`${i} is sealed to the same bytes by the reference`, () => {
      const envelope = seal({ ...keys, ephemeralSecret: hex(vector.ephemeralSecret) }, message);
      assert.equal(toHex(envelope), vector.envelope);
      assert.equal(toHex(storageIdOf(envelope)), vector.storageId);
    });

    it(`${i} is opened by the reference`, () => {
      const opened = open(keys, hex(vector.envelope));
      assert.deepEqual(opened, type === 200 ? { code: 'unsupported' } : { code: 'ok', message });
    });
  });

  it('name nobody in the clear but the mailbox and the ephemeral key', () => {
    for (const { envelope, senderSecret, recipientPublic } of vectors) {
      assert.ok(!envelope.includes(toHex(publicOf(hex(senderSecret)))));
      assert.ok(!envelope.includes(recipientPublic));
    }
  });
});
