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
  return { secrets, ...sessionKeys(secrets, vector.flags1, vector.flags2) };
}

describe('The session vectors', () => {
  const vectors = readVectors('session');

  it('begin with the check values of docs/PROTOCOL.md', () => {
    assert.equal(vectors[0]?.k12, '18da1eb0d9f59834253b3da2e13f9428efb85da3c9a0b6dd2dc216c87114b97d');
    assert.equal(vectors[0].k21, '3621d53fc64cb3a761238093699ba5c934f381e0ad86bdc51475cd2d03adc2a4');
    assert.equal(
      vectors[0].messages[0]?.sealed,
      '020000000000000001f062c5acee8e99e6ecc44a12b53e5d435d034922202d51',
    );
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
      [0x10, 0x11, 0x12, 0x13, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x30, 0x31, 0x32, 0x33],
    );
  });
});
