import { createPortableProvider } from '../../lib/crypto/providers/portable';
import type { CryptoProvider } from '../../lib/crypto/provider';
import { loadSodiumProvider } from '../../lib/crypto/providers/sodium';
import { checkCell } from './checks/check-cell';
import { checkFleet } from './checks/check-fleet';
import { checkEnvelope, checkExchange } from './checks/check-made';
import { checkLarge } from './checks/check-large';
import { checkPublished, publishedTests } from './checks/check-published';
import { checkReject } from './checks/check-reject';
import { checkSession } from './checks/check-session';
import { checkSpec } from './checks/check-spec';
import { Fields, Mismatch } from './fields';

/** Every provider that loads here: a vector passes when all of them agree with it. */
const PROVIDERS = [createPortableProvider(), loadSodiumProvider()].filter((one) => one !== undefined);

export interface CheckResult {
  passed: number;
  /** One line for each vector that failed: its place from 0, and why. */
  failures: string[];
}

/** Puts every vector of a file through our own code. The form of each shows in its fields. */
export async function checkVectors(text: string): Promise<CheckResult> {
  const result: CheckResult = { passed: 0, failures: [] };
  let vectors: unknown;
  try {
    vectors = JSON.parse(text);
  } catch (error) {
    result.failures.push(`the file is not JSON (${String(error)})`);
    return result;
  }
  const list = Array.isArray(vectors) ? (vectors as unknown[]) : publishedTests(vectors);
  if (list === undefined) {
    result.failures.push('the file is neither an array nor of a known publication');
    return result;
  }
  for (const [place, vector] of list.entries()) {
    try {
      for (const crypto of PROVIDERS) await checkVector(crypto, new Fields(vector));
      result.passed += 1;
    } catch (error) {
      result.failures.push(`vector ${place}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return result;
}

async function checkVector(crypto: CryptoProvider, v: Fields): Promise<void> {
  if (v.has('tcId')) checkPublished(crypto, v);
  else if (v.has('form')) checkSpec(crypto, v);
  else if (v.has('code')) await checkReject(crypto, v);
  else if (v.has('payloadKey')) checkLarge(crypto, v);
  else if (v.has('k12')) checkSession(crypto, v);
  else if (v.has('uri')) checkCell(crypto, v);
  else if (v.has('certificate')) checkFleet(crypto, v);
  else if (v.has('exchange')) checkExchange(crypto, v);
  else if (v.has('envelope')) checkEnvelope(crypto, v);
  else throw new Mismatch('its fields are those of no form (docs/PROTOCOL.md, "Vectors")');
}
