import assert from 'node:assert/strict';
import { decodeSessionMessage, encodeSessionMessage } from '../../../lib/protocol/session/message-kinds';
import { compareBytes } from '../../../lib/bytes';
import { isBody } from './support/reference/bodies';
import { hex, publicOf, toHex, X } from './support/reference/bytes';
import { sealed, sessionKeys, unseal } from './support/reference/session';
import { readVectors, type SessionVector } from './support/vector-files';

function keysOf(vector: SessionVector) {
  const secrets = {
    secret1: hex(vector.secret1),
    secret2: hex(vector.secret2),
    ephemeral1: hex(vector.ephemeral1),
    ephemeral2: hex(vector.ephemeral2),
  };
  const kem = {
    key: hex(vector.kemKey),
    ciphertext: hex(vector.kemCiphertext),
    secret: hex(vector.kemSecret),
  };
  return { secrets, ...sessionKeys(secrets, kem, vector.flags1, vector.flags2) };
}

describe('The session vectors', () => {
  const vectors = readVectors('session');

  it('begin with the check values of docs/PROTOCOL.md', () => {
    assert.equal(vectors[0]?.k12, 'a2b4b2826f767188e30a455681b06304be582a66fce339c0fa84e2d55429fd09');
    assert.equal(vectors[0].k21, '33ae3fe95a7936bb1253d528a20a1bb43d6626571c553f41eb2d66a42d937228');
    assert.equal(
      vectors[0].messages[0]?.sealed,
      '0200000000000000013e4c735182cbb24d3ebb8e837e089ae16ca592ac863eea',
    );
  });

  it('have hellos of 1,229 and 1,133 bytes, with their first', () => {
    for (const vector of vectors) {
      const { hello1, hello2 } = keysOf(vector);
      assert.deepEqual([1 + hello1.length, 1 + hello2.length], [1229, 1133]);
    }
  });

  it('have sessions with keys of a real ML-KEM', () => {
    assert.ok(vectors.some(({ decapsulationKey }) => decapsulationKey !== undefined));
  });

  vectors.forEach((vector, i) => {
    it(`${i} has the smaller identity key at side 1`, () => {
      assert.ok(compareBytes(publicOf(hex(vector.secret1)), publicOf(hex(vector.secret2))) < 0);
    });

    it(`${i} leads the reference to the same two keys`, () => {
      const { k12, k21 } = keysOf(vector);
      assert.deepEqual([toHex(k12), toHex(k21)], [vector.k12, vector.k21]);
    });

    it(`${i} is agreed on by side 2 from the other halves`, () => {
      const { secrets } = keysOf(vector);
      const { secret1, secret2, ephemeral1, ephemeral2 } = secrets;
      assert.deepEqual(X(ephemeral2, publicOf(secret1)), X(secret1, publicOf(ephemeral2)));
      assert.deepEqual(X(secret2, publicOf(ephemeral1)), X(ephemeral1, publicOf(secret2)));
    });

    it(`${i}: its messages are sealed and opened to the same bytes by the reference`, () => {
      const { k12, k21 } = keysOf(vector);
      const last = { '12': 0, '21': 0 };
      for (const message of vector.messages) {
        const { direction, counter, kind, body } = message;
        const key = direction === '12' ? k12 : k21;
        assert.equal(toHex(sealed(key, counter, kind, hex(body))), message.sealed);
        assert.deepEqual(unseal(key, last[direction], hex(message.sealed)), {
          counter,
          kind,
          body: hex(body),
        });
        last[direction] = counter;
      }
    });
  });

  it('have a body of every kind, which our code reads and writes to the same bytes', () => {
    const kinds = new Set<number>();
    for (const { kind, body } of vectors.flatMap(({ messages }) => messages)) {
      const message = decodeSessionMessage(kind, hex(body));
      if (message === undefined) continue;
      kinds.add(kind);
      assert.ok(isBody(kind, hex(body)));
      const written = encodeSessionMessage(message);
      assert.deepEqual([written.kind, toHex(written.body)], [kind, body]);
    }
    assert.deepEqual(
      [...kinds].sort((a, b) => a - b),
      [
        0x10, 0x11, 0x12, 0x13, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x30, 0x31, 0x32,
        0x33,
      ],
    );
  });
});
