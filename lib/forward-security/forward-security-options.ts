import type { CryptoProvider } from '../crypto/provider';
import type { Clock } from '../platform/clock';
import type { Random } from '../platform/random';
import type { SecretVault } from '../store/vault/secret-vault';
import type { Store } from '../store/store';
import type { KeyPair } from '../types';
import type { KeyLimits } from './key-limits';

/** What a PreKeyStore and a ForwardSecurityManager need; store, vault and ages are those of one data directory. */
export interface ForwardSecurityOptions {
  readonly crypto: CryptoProvider;
  readonly random: Random;
  readonly clock: Clock;
  /** Durable seconds that no step of the wall clock moves. */
  readonly ages: { now(): number };
  readonly keyPair: KeyPair;
  readonly store: Store;
  readonly vault: SecretVault;
  readonly limits?: Partial<KeyLimits>;
}

/** Unix seconds by the wall clock, for display; 0 without one. */
export function unixSeconds(clock: Clock): number {
  return Math.max(0, Math.floor(clock.wall() / 1000));
}
