import { inspect } from 'node:util';
import { toHex } from '../bytes';
import type { KeyPair, PublicKey } from '../types';

/**
 * A key pair whose secret does not show in JSON, logs, spread copies or the debugger's overview. It holds the very
 * array it is given, so that wiping that wipes the key.
 */
export class HiddenKeyPair implements KeyPair {
  readonly publicKey: PublicKey;
  readonly #secretKey: Uint8Array;

  constructor(publicKey: PublicKey, secretKey: Uint8Array) {
    this.publicKey = publicKey;
    this.#secretKey = secretKey;
  }

  get secretKey(): Uint8Array {
    return this.#secretKey;
  }

  toJSON(): object {
    return { publicKey: toHex(this.publicKey) };
  }

  [inspect.custom](): string {
    return `HiddenKeyPair ${toHex(this.publicKey)}`;
  }
}
