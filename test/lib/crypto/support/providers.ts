import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import type { CryptoProvider } from '../../../../lib/crypto/provider';
import { loadSodiumProvider } from '../../../../lib/crypto/providers/sodium';

export const portable = createPortableProvider();
/** undefined on machines without a prebuilt binary. */
export const sodium = loadSodiumProvider();

/** Every provider of this machine: what holds for one must hold for the other. */
export const PROVIDERS: readonly CryptoProvider[] = sodium === undefined ? [portable] : [portable, sodium];
