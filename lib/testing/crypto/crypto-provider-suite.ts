import type { CryptoProvider } from '../../crypto/provider';
import type { TestRunner } from '../test-runner';
import { kemTests } from './kem-answers';
import { memoryTests } from './memory-use';
import { publishedAnswerTests } from './published-answers';
import { refusalTests } from './refusals';

/** What every CryptoProvider guarantees. */
export function cryptoProviderSuite(
  { describe, it }: TestRunner,
  name: string,
  crypto: CryptoProvider,
): void {
  describe(`crypto provider ${name}`, () => {
    publishedAnswerTests(it, crypto);
    kemTests(it, crypto);
    memoryTests(it, crypto);
    refusalTests(it, crypto);
  });
}
