import { createPortableProvider } from './portable';
import type { CryptoProvider } from '../provider';
import { loadSodiumProvider } from './sodium';

/** libsodium where its prebuilt binary loads, else the portable provider; `name` says which. */
export function chooseCryptoProvider(): CryptoProvider {
  return loadSodiumProvider() ?? createPortableProvider();
}
