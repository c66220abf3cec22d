import path from 'node:path';
import type { Passphrase } from '../../crypto/pass-encryption';
import type { CryptoProvider } from '../../crypto/provider';
import type { Platform } from '../../platform/platform';
import type { Logger } from '../../types';
import { AgeClock } from './age-clock';
import { openVault } from '../vault/file-vault';
import { HeldFiles } from './held-files';
import type { ToxAsyncError } from '../../errors';
import type { SecretVault } from '../vault/secret-vault';
import { SpaceGuard, type SpaceSizes } from './space-guard';
import type { Store } from '../store';
import { storeError } from '../store-errors';
import { openSlotCipher } from '../vault/vault-key';
import { watchedStore } from './watched-store';

/** Whether new work may be taken now, and why not. */
export interface DirectorySpace {
  hasRoom(): boolean;
  /** @throws ErrLocalStorageFull, ErrDirectoryReplaced */
  assertRoom(): void;
  /** What `assertRoom` would throw; undefined while there is room. */
  problem(): ToxAsyncError | undefined;
  /** `listener` replaces the one before it. */
  onChange(listener: () => void): void;
}

/** Everything durable of one session. */
export interface DataDirectory {
  readonly path: string;
  readonly store: Store;
  readonly vault: SecretVault;
  /** Seconds that never go back while the session runs (store/directory/age-clock.ts). */
  readonly ages: { now(): number };
  /** Whether new work may be taken: the disk has room, and the directory is in its place (store/directory/space-guard.ts). */
  readonly space: DirectorySpace;
  /** Finishes what is under way and lets go of everything, also when a part of that fails; then it throws. */
  close(): Promise<void>;
}

export interface PartsOptions {
  readonly platform: Platform;
  readonly crypto: CryptoProvider;
  readonly path: string;
  readonly log: Logger;
  /** Names of what else in the directory stays open, and the same, for as long as it is in use. */
  readonly held?: readonly string[];
  openStore(): Store | Promise<Store>;
  readonly space?: SpaceSizes;
  /** Seals the vault. */
  readonly passphrase?: Passphrase;
}

const VAULT = 'vault';

/** Runs what closes things, the last opened first, whatever fails of it. */
export class Closers {
  readonly #steps: (() => Promise<void>)[] = [];
  #closing: Promise<void> | undefined;

  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** Idempotent. @throws the first step's error, after all have run */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const errors: unknown[] = [];
    for (const step of this.#steps.reverse()) await step().catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw storeError(errors[0]);
  }
}

/**
 * Opens the parts of a directory, each into `closers`. The space guard comes first: on a full disk it sets free
 * what the others need to start.
 */
export async function openParts(options: PartsOptions, closers: Closers): Promise<DataDirectory> {
  const { platform, crypto, path: folder, log, passphrase } = options;
  const { disk, random, timers, clock } = platform;
  const space = new SpaceGuard({ disk, folder, random, timers, log, ...options.space });
  closers.add(() => space.close());
  await space.start();
  const seal = await openSlotCipher({ disk, folder, passphrase, crypto, random });
  const onFull = () => space.hint();
  const store = watchedStore(await options.openStore(), onFull);
  closers.add(() => store.close());
  const ages = await AgeClock.open({ store, clock, timers, log });
  closers.add(() => ages.close());
  const vault = await openVault({
    disk,
    path: path.join(folder, VAULT),
    store,
    random,
    crypto,
    timers,
    log,
    onFull,
    seal,
  });
  closers.add(() => vault.close());
  const held = [VAULT, ...(options.held ?? [])].map((name) => path.join(folder, name));
  space.watch(await HeldFiles.of(disk, held));
  return { path: folder, store, vault, ages, space, close: () => closers.close() };
}
