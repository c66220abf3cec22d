import { systemRandom } from '../../lib/platform/random';
import type { SecretVault, SlotRef, VaultSecret } from '../../lib/store/vault/secret-vault';

/** A vault in memory that keeps everything, for keys that a vector gives away and nothing is sealed to. */
export class RandomVault implements SecretVault {
  readonly #secrets: Uint8Array[] = [];

  allocate(count: number): Promise<VaultSecret[]> {
    const slots = Array.from({ length: count }, () => {
      const secret = systemRandom.bytes(32);
      const slot = this.#secrets.push(secret) - 1;
      return { ref: { slot, serial: slot + 1 }, secret: secret.slice() };
    });
    return Promise.resolve(slots);
  }

  read({ slot }: SlotRef): Uint8Array | undefined {
    return this.#secrets[slot]?.slice();
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
