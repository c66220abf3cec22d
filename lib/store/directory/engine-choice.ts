import { ToxAsyncError } from '../../errors';
import type { Logger } from '../../types';
import type { StoreEngine } from './manifest';

export interface StoreEngineWish {
  /** What the user asked for; 'auto' takes lmdb where it loads. */
  readonly asked: StoreEngine | 'auto';
  /** What an existing directory was made with: that is obeyed. */
  readonly recorded: StoreEngine | undefined;
  readonly lmdbLoads: boolean;
}

/** @throws ErrMissingLibrary lmdb is needed and does not load */
export function chooseStoreEngine({ asked, recorded, lmdbLoads }: StoreEngineWish, log: Logger): StoreEngine {
  const engine = recorded ?? (asked === 'auto' ? (lmdbLoads ? 'lmdb' : 'nedb') : asked);
  if (engine === 'lmdb' && !lmdbLoads) {
    throw new ToxAsyncError(
      'ErrMissingLibrary',
      recorded
        ? 'This data directory was created with the engine lmdb, which does not load here. ' +
            'Run "npm install lmdb" where this package is installed, or choose a new directory.'
        : 'The engine lmdb does not load here. Run "npm install lmdb" where this package is installed, or choose nedb.',
    );
  }
  if (recorded && asked !== 'auto' && asked !== recorded) {
    log.warn(
      `The data directory was created with ${recorded} and keeps it. Choose a new directory to use ${asked}.`,
    );
  }
  if (!recorded && asked === 'auto' && engine === 'nedb') {
    log.info('lmdb does not load here, so the slower engine nedb is used.');
  }
  return engine;
}
