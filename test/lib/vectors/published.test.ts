import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { checkVectors } from '../../../scripts/vectors/check';
import { VECTORS } from './support/vector-files';

const read = (name: string) => readFileSync(path.join(VECTORS, 'published', name), 'utf8');

describe('The published vectors', () => {
  for (const [name, tests] of [
    ['mlkem_768_test.json', 193],
    ['mlkem_768_encaps_test.json', 265],
    ['x25519_test.json', 518],
  ] as const) {
    it(`of ${name} are agreed with by every crypto provider`, async () => {
      assert.deepEqual(await checkVectors(read(name)), { passed: tests, failures: [] });
    });
  }

  it('fail with another answer, with what is taken against them, and with an algorithm nobody knows', async () => {
    const seed = '00'.repeat(64);
    const kem = (tests: object[]) => ({ type: 'MLKEMTest', parameterSet: 'ML-KEM-768', tests });
    const wrong = { tcId: 1, result: 'valid', seed, c: '00'.repeat(1088), K: '00'.repeat(32) };
    const groups = [
      kem([wrong, { ...wrong, result: 'invalid' }]),
      { type: 'MLKEMTest', parameterSet: 'ML-KEM-512', tests: [wrong] },
      { type: 'MLKEMTest', parameterSet: 'ML-KEM-768' },
    ];
    const { passed, failures } = await checkVectors(JSON.stringify({ testGroups: groups }));
    assert.deepEqual([passed, failures.length], [0, 4]);
    assert.match(failures[0] ?? '', /^vector 0: K is /);
    assert.match(failures[1] ?? '', /our code says "taken"/);
    assert.match(failures[2] ?? '', /ML-KEM-512/);
  });
});
