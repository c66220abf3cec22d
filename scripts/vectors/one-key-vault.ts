import type { SecretVault, SlotRef, VaultSecret } from '../../lib/store/vault/secret-vault';

/** A vault with one given secret: how a vector's one-time key becomes a key that the real code issued. */
export class OneKeyVault implements SecretVault {
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  allocate(): Promise<VaultSecret[]> {
    return Promise.resolve([{ ref: { slot: 0, serial: 1 }, secret: this.#secret.slice() }]);
  }

  read({ slot }: SlotRef): Uint8Array | undefined {
    return slot === 0 ? this.#secret.slice() : undefined;
  }

  erase(): void {}

  discard(): void {}

  settled(): Promise<void> {
    return Promise.resolve();
  }

  retainOnly(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
