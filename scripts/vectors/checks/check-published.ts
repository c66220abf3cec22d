import type { CryptoProvider } from '../../../lib/crypto/provider';
import { ToxAsyncError } from '../../../lib/errors';
import { Mismatch, mustEqual, type Fields } from '../fields';

/**
 * Test vectors of Project Wycheproof, in its own form: groups of tests of one algorithm
 * (test/vectors/published/README.md).
 */

/** The tests of a file, each with the type of its group; undefined when the file has another form. */
export function publishedTests(file: unknown): unknown[] | undefined {
  if (typeof file !== 'object' || file === null || !('testGroups' in file)) return undefined;
  const { testGroups } = file;
  if (!Array.isArray(testGroups)) return undefined;
  return testGroups.flatMap((group: unknown): unknown[] => {
    const { type, parameterSet, curve, tests } = group as Record<string, unknown>;
    const name = [type, parameterSet ?? curve].join(' ');
    return Array.isArray(tests) ? tests.map((test: object) => ({ ...test, group: name })) : [group];
  });
}

export function checkPublished(crypto: CryptoProvider, v: Fields): void {
  const group = v.text('group');
  if (group === 'MLKEMTest ML-KEM-768') checkDecapsulation(crypto, v);
  else if (group === 'MLKEMEncapsTest ML-KEM-768') checkEncapsulation(crypto, v);
  else if (group === 'XdhComp curve25519') checkSharedSecret(crypto, v);
  else throw new Mismatch(`no test of ${group} is known`);
}

function checkDecapsulation(crypto: CryptoProvider, v: Fields): void {
  const decapsulationKey = v.bytes('seed');
  const decapsulate = () => crypto.kemDecapsulate(decapsulationKey, v.bytes('c'));
  if (isInvalid(v)) return mustRefuse(decapsulate);
  if (v.has('ek')) v.mustBe('ek', crypto.kemPublicKey(decapsulationKey));
  v.mustBe('K', decapsulate());
}

function checkEncapsulation(crypto: CryptoProvider, v: Fields): void {
  const encapsulate = () => crypto.kemEncapsulate(v.bytes('ek'), v.bytes('m'));
  if (isInvalid(v)) return mustRefuse(encapsulate);
  const { ciphertext, secret } = encapsulate();
  v.mustBe('c', ciphertext);
  v.mustBe('K', secret);
}

/** What the file calls acceptable we compute as well, but for a result of zeros. */
function checkSharedSecret(crypto: CryptoProvider, v: Fields): void {
  const agree = () => crypto.sharedSecret(v.bytes('private'), v.bytes('public'));
  if (isInvalid(v) || v.bytes('shared').every((byte) => byte === 0)) mustRefuse(agree);
  else v.mustBe('shared', agree());
}

function isInvalid(v: Fields): boolean {
  return v.text('result') === 'invalid';
}

function mustRefuse(run: () => unknown): void {
  let result = 'taken';
  try {
    run();
  } catch (error) {
    if (!ToxAsyncError.is(error, 'ErrInvalidKey', 'ErrInvalidArgument')) throw error;
    result = 'refused';
  }
  mustEqual('what is invalid', result, 'refused');
}
