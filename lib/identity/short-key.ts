import { toHex } from '../bytes';
import type { PublicKey } from '../types';

/** The first 8 digits of a key, as errors name it: enough to tell friends apart, not enough to use. */
export function shortKey(publicKey: PublicKey): string {
  return `${toHex(publicKey.subarray(0, 4)).toUpperCase()}…`;
}
