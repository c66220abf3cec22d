import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { checkVectors } from '../../../scripts/vectors/check';
import { makeVectors } from '../../../scripts/vectors/make';
import { readVectors, VECTORS } from './support/vector-files';

const NAMES = ['envelope', 'exchange', 'session', 'large', 'fleet', 'cell', 'reject', 'spec'] as const;
/** Another byte in place of the last one. */
const spoil = (digits: string) => digits.slice(0, -2) + (digits.endsWith('00') ? '01' : '00');
const check = (vectors: unknown) => checkVectors(JSON.stringify(vectors));

describe('The check of vectors', () => {
  for (const name of NAMES) {
    it(`finds that our own code agrees with every vector of ${name}.json`, async () => {
      const result = await checkVectors(readFileSync(path.join(VECTORS, `${name}.json`), 'utf8'));
      assert.deepEqual(result, { passed: readVectors(name).length, failures: [] });
    });

    it(`can make ${name}.json again`, () => {
      assert.deepEqual(makeVectors()[name], readVectors(name));
    });
  }

  it('fails a vector whose bytes differ in the last one, and says which', async () => {
    const [envelope] = readVectors('envelope');
    const [exchange] = readVectors('exchange');
    const [session] = readVectors('session');
    const [spec] = readVectors('spec');
    assert.ok(envelope && exchange && session && spec?.form === 'plaintext');
    const message = session.messages[0];
    const spoilt = [
      { ...envelope, envelope: spoil(envelope.envelope) },
      { ...envelope, storageId: spoil(envelope.storageId) },
      { ...exchange, exchange: spoil(exchange.exchange) },
      { ...session, k12: spoil(session.k12) },
      { ...session, messages: [{ ...message, sealed: spoil(message?.sealed ?? '') }] },
      { ...spec, plaintext: spoil(spec.plaintext) },
    ];
    const { passed, failures } = await check([envelope, ...spoilt]);
    assert.equal(passed, 1);
    assert.equal(failures.length, spoilt.length);
    assert.match(failures[0] ?? '', /^vector 1: envelope is /);
  });

  it('fails what is refused for another reason than the vector says, or not at all', async () => {
    const reject = readVectors('reject').find((vector) => 'envelope' in vector);
    const [good] = readVectors('envelope');
    assert.ok(reject && good);
    const { passed, failures } = await check([
      { ...reject, code: 'forged' },
      { ...good, code: 'forged' },
    ]);
    assert.equal(passed, 0);
    assert.match(failures[1] ?? '', /our code says "ok"/);
  });

  it('counts what has no known form, lacks a field or has a wrong one as failed', async () => {
    const [envelope] = readVectors('envelope');
    const odd = [1, null, {}, { envelope: '' }, { ...envelope, lifetime: -1 }, { ...envelope, data: 'x' }];
    assert.equal((await check(odd)).failures.length, odd.length);
  });

  it('says that a file is not JSON or not an array', async () => {
    assert.equal((await checkVectors('{')).failures.length, 1);
    assert.equal((await check({})).failures.length, 1);
  });

  it('takes hexadecimal in capitals and a secret to verify the MAC with', async () => {
    const [exchange] = readVectors('exchange');
    assert.ok(exchange);
    const reject = readVectors('reject').find((vector) => 'exchange' in vector);
    assert.ok(reject && 'toSecret' in reject);
    const vector = { ...exchange, exchange: exchange.exchange.toUpperCase(), toSecret: reject.toSecret };
    assert.deepEqual(await check([vector]), { passed: 1, failures: [] });
  });
});
