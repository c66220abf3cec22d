import path from 'node:path';
import type { Duplex } from 'node:stream';
import type { CryptoProvider } from '../../crypto/provider';
import { ToxAsyncError } from '../../errors';
import type { Platform } from '../../platform/platform';
import { TimeLimit } from '../../platform/time-limit';
import type { Timers } from '../../platform/timers';
import type { Logger } from '../../types';
import { AgeClock } from './age-clock';
import { openVault } from '../vault/file-vault';
import { HeldFiles } from './held-files';
import type { SecretVault } from '../vault/secret-vault';
import { SpaceGuard, type SpaceSizes } from './space-guard';
import type { Store, WriteBatch } from '../store';
import { storeError } from '../store-errors';
import { Listeners } from '../../platform/listeners';
import { plainSlots, type SlotCipher } from '../vault/vault-slots';
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
  readonly ages: DirectoryAges;
  /** Whether new work may be taken: the disk has room, and the directory is in its place (store/directory/space-guard.ts). */
  readonly space: DirectorySpace;
  /** Calls `listener` when something became durable in the store, the age aside; gives what ends that. */
  onWrite(listener: () => void): () => void;
  /** Whose directory it is, where that is recorded. */
  readonly identity?: DirectoryIdentity;
  /** Takes connections of other processes of the same user; absent where there is no lock to connect to. */
  readonly onVisit?: (receive: (visitor: Duplex) => void) => void;
  /**
   * Finishes what is under way and lets go of everything, also when a part of that fails or takes longer than `ms`
   * (default 5 s); then it throws.
   */
  close(ms?: number): Promise<void>;
}

/** The age of a directory, which is saved in it. */
export interface DirectoryAges {
  now(): number;
  /** The wall clock shows less than it did at the last save before this process. */
  readonly isWallBehind: boolean;
  /** `add` puts what it wants saved into each save of the age. */
  saveAlong(add: (writes: WriteBatch) => void): void;
  /** Has the age saved within a minute. */
  noteWrite(): void;
}

/** Which identity a directory belongs to. */
export interface DirectoryIdentity {
  readonly publicKey: Uint8Array | undefined;
  /** Durable when it resolves. @throws ErrLocalStorageFull, ErrStore */
  record(publicKey: Uint8Array): Promise<void>;
}

export interface PartsOptions {
  readonly platform: Platform;
  readonly crypto: CryptoProvider;
  readonly path: string;
  readonly log: Logger;
  /** Names of what else in the directory stays open, and the same, for as long as it is in use. */
  readonly held?: readonly string[];
  openStore(): Store | Promise<Store>;
  /** How secrets lie in the vault; default: as they are. */
  openSeal?(): Promise<SlotCipher>;
  readonly space?: SpaceSizes;
}

const VAULT = 'vault';

/** How long a close waits for what is under way, milliseconds. */
const CLOSE_MS = 5000;

/** Runs what closes things, the last opened first, whatever fails of it. */
export class Closers {
  readonly #timers: Timers;
  readonly #steps: (() => Promise<void>)[] = [];
  #release: () => Promise<void> = () => Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** `release` lets somebody else in: it runs when every step has ended, however long that takes, for until then they may write. */
  whenAllEnded(release: () => Promise<void>): void {
    this.#release = release;
  }

  /**
   * Idempotent. When the time is over the steps that are left are begun, and not waited for.
   * @throws the first step's error, or ErrStore when one took too long
   */
  close(ms = CLOSE_MS): Promise<void> {
    this.#closing ??= this.#close(ms);
    return this.#closing;
  }

  async #close(ms: number): Promise<void> {
    const limit = new TimeLimit(this.#timers, ms);
    const errors: unknown[] = [];
    const begun: Promise<void>[] = [];
    const waitFor = async (step: Promise<void>) => {
      const ended = await limit.waitFor(step).catch((error: unknown) => void errors.push(error));
      if (ended === false) errors.push(tooSlow(ms));
    };
    for (const step of this.#steps.reverse()) {
      const running = step();
      begun.push(running);
      await waitFor(running);
    }
    await waitFor(Promise.allSettled(begun).then(() => this.#release()));
    limit.end();
    if (errors.length > 0) throw storeError(errors[0]);
  }
}

function tooSlow(ms: number): ToxAsyncError {
  return new ToxAsyncError(
    'ErrStore',
    `The disk did not take within ${ms / 1000} s what was left to write or erase. The next start does it. Check the disk.`,
  );
}

/**
 * Opens the parts of a directory, each into `closers`. The space guard comes first: on a full disk it sets free
 * what the others need to start.
 */
export async function openParts(options: PartsOptions, closers: Closers): Promise<DataDirectory> {
  const { platform, crypto, path: folder, log } = options;
  const { disk, random, timers, clock } = platform;
  const space = new SpaceGuard({ disk, folder, random, timers, log, ...options.space });
  closers.add(() => space.close());
  await space.start();
  const seal = (await options.openSeal?.()) ?? plainSlots;
  const onFull = () => space.hint();
  const inner = await options.openStore();
  closers.add(() => inner.close());
  const ages = await AgeClock.open({ store: watchedStore(inner, { onFull }), clock, timers, log });
  const writes = new Listeners();
  for (const part of [ages, space]) writes.add(() => part.noteWrite());
  const store = watchedStore(inner, { onFull, onWrite: () => writes.emit(), gate: space });
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
  return {
    path: folder,
    store,
    vault,
    ages,
    space,
    onWrite: (listener) => writes.add(listener),
    close: (ms) => closers.close(ms),
  };
}
