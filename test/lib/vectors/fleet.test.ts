import assert from 'node:assert/strict';
import { hex, toHex } from './support/reference/bytes';
import { certificateOf, fleetHint, fleetMark, takesCertificate } from './support/reference/fleet';
import { readVectors } from './support/vector-files';

describe('The vectors of fleets', () => {
  const vectors = readVectors('fleet');

  it('begin with the check value of docs/PROTOCOL.md', () => {
    const { certificate = '', serial, valid } = vectors[0] ?? {};
    assert.deepEqual(
      [certificate.slice(0, 64), serial, valid, certificate.slice(82, 98)],
      ['c356b3d3f4f6d32c8c1d1f0f95fe88e8c9a01f437c48171c5c7045f2330fcaa2', 7, 604_800, 'e9441688bf1ea9c4'],
    );
  });

  it('have the ends of every number', () => {
    const of = (name: 'serial' | 'valid' | 'replicas') => vectors.map((vector) => vector[name]);
    assert.ok(of('serial').includes(0) && of('serial').includes(0xffff_ffff));
    assert.ok(of('valid').includes(1) && of('valid').includes(604_800));
    assert.ok(of('replicas').includes(0) && of('replicas').includes(0xff));
  });

  vectors.forEach((v, i) => {
    it(`${i} is made of the same bytes by the reference, which takes it`, () => {
      const { serial, valid, replicas } = v;
      const made = certificateOf(hex(v.seed), hex(v.node), { serial, valid, replicas });
      assert.equal(toHex(made), v.certificate);
      assert.ok(takesCertificate(made, hex(v.node)));
      assert.equal(toHex(fleetHint(hex(v.owner), made.slice(0, 32))), v.hint);
      assert.equal(toHex(fleetMark(hex(v.secret), hex(v.submitter))), v.mark);
    });
  });
});
