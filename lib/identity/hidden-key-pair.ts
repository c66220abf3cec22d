import { inspect } from 'node:util';
import { shortKey } from './short-key';
import type { KeyPair, PublicKey } from '../types';

/** A key pair whose secret does not show in JSON, logs, spread copies or the debugger's overview. */
export class HiddenKeyPair implements KeyPair {
  readonly publicKey: PublicKey;
  readonly #secretKey: Uint8Array;

  constructor({ publicKey, secretKey }: KeyPair) {
    this.publicKey = publicKey.slice();
    this.#secretKey = secretKey.slice();
  }

  get secretKey(): Uint8Array {
    return this.#secretKey;
  }

  toJSON(): object {
    return { publicKey: shortKey(this.publicKey) };
  }

  [inspect.custom](): string {
    return `HiddenKeyPair ${shortKey(this.publicKey)}`;
  }
}
