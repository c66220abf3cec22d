import path from 'node:path';
import type { Platform } from '../../../platform/platform';
import type { Logger } from '../../../types';
import { openLmdbStore } from '../../lmdb/lmdb-store';
import type { LmdbThread } from '../../lmdb/lmdb-thread';
import { openNedbStore } from '../../nedb/nedb-store';
import type { Store } from '../../store';
import { isLost, lostError } from '../../store-errors';
import type { StoreEngine, ManifestFile } from '../manifest';
import { asideName, chooseStartNew } from './start-new';
import { judgeStore, newMark, readMark, saveMark, type StoreVerdict } from './store-mark';

export interface OwnStoreOptions {
  readonly platform: Platform;
  readonly folder: string;
  readonly manifest: ManifestFile;
  readonly log: Logger;
  /** The word of a user who starts a lost part new. */
  readonly startNew: string | undefined;
  /** For a store on lmdb: it gets ready already. */
  readonly thread?: LmdbThread | undefined;
}

/** Errors about a store that is the right one, but lacks its end. */
const olderStores = new WeakSet<Error>();

/** Name of the file of an engine's store. */
export function storeFileName(engine: StoreEngine): string {
  return `store.${engine}`;
}

/**
 * Opens the store that the manifest says is the directory's, or makes the first one. One that is missing, emptied,
 * spoiled, cut off or another's is refused and left as it is, unless the user chose to start new: then it gets
 * another name, and one that was only cut off is used as it is. Until the manifest names a store the first one is made
 * again.
 * @throws ErrStore, ErrLocalStorageFull, ErrMissingLibrary
 */
export async function openOwnStore(options: OwnStoreOptions): Promise<Store> {
  const { manifest, folder, platform, log, startNew } = options;
  const file = path.join(folder, storeFileName(manifest.now.engine));
  let store: Store;
  try {
    store = await openJudged(file, options);
  } catch (error) {
    if (isLost(error) && manifest.now.store === undefined) return openFirst(error, file, options);
    const isOlder = error instanceof Error && olderStores.has(error);
    const without = isOlder ? 'with what is left of it' : 'without the messages and keys that it held';
    const choice = { part: 'store', id: manifest.now.store, given: startNew, log, without } as const;
    chooseStartNew(error, choice);
    if (!isOlder) await setStoreAside(options, manifest.now.store ?? '');
    await manifest.change({ store: undefined, closed: undefined, stamp: undefined });
    store = await openJudged(file, options);
    await saveMark(store, newMark(platform.random));
  }
  return closingCounted(await claimed(store, options), file, options);
}

/** A power cut while the first store was made may leave anything; as long as no store is named, none has held a thing. */
async function openFirst(error: Error, file: string, options: OwnStoreOptions): Promise<Store> {
  options.log.warn(`The first start was cut short: ${error.message} A new one is made.`);
  await setStoreAside(options, 'first');
  return closingCounted(await claimed(await openJudged(file, options), options), file, options);
}

/** Gives the store's file another name. */
export async function setStoreAside(
  { platform, folder, manifest }: OwnStoreOptions,
  id: string,
): Promise<void> {
  const file = path.join(folder, storeFileName(manifest.now.engine));
  if ((await platform.disk.kindOf(file)) !== undefined) await platform.disk.move(file, asideName(file, id));
}

async function openJudged(file: string, options: OwnStoreOptions): Promise<Store> {
  const { manifest, platform, log, thread } = options;
  const stamp = await platform.disk.stampOf(file);
  if ((stamp?.size ?? 0) === 0 && manifest.now.store !== undefined) {
    throw lostError(
      'ErrStore',
      `${file} is missing or empty. Put it back: accepted messages and keys are in it.`,
    );
  }
  const check = (store: Pick<Store, 'get' | 'range'>) => assertOwn(file, judgeStore(store, manifest.now));
  switch (manifest.now.engine) {
    case 'lmdb': {
      const { disk, timers } = platform;
      return openLmdbStore({
        path: file,
        disk,
        timers,
        thread,
        check,
        readFirst: stamp?.text !== manifest.now.stamp,
      });
    }
    case 'nedb':
      return openNedbStore({ path: file, log, check });
  }
}

function assertOwn(file: string, verdict: StoreVerdict): void {
  switch (verdict) {
    case 'own':
      return;
    case 'empty':
      throw lostError(
        'ErrStore',
        `${file} was emptied or replaced and was left unchanged. Put the right file back.`,
      );
    case 'foreign':
      throw lostError(
        'ErrStore',
        `${file} belongs to another data directory and was left unchanged. Put the right file back.`,
      );
    case 'older': {
      const text = 'it was cut off, or it is an old copy. It was left unchanged: put the right file back.';
      const error = lostError('ErrStore', `${file} lacks what was last written to it: ${text}`);
      olderStores.add(error);
      throw error;
    }
  }
}

/** The store and the manifest know each other when it resolves. */
async function claimed(store: Store, { manifest, platform }: OwnStoreOptions): Promise<Store> {
  try {
    const mark = readMark(store) ?? newMark(platform.random);
    if (readMark(store) === undefined) await saveMark(store, mark);
    if (manifest.now.store !== mark.id) await manifest.change({ store: mark.id });
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Its close is noted in the store and then in the manifest, with how its file was left. */
function closingCounted(store: Store, file: string, { manifest, log, platform }: OwnStoreOptions): Store {
  const close = async () => {
    try {
      const mark = readMark(store);
      const closed = mark && { ...mark, closed: mark.closed + 1 };
      if (closed) await saveMark(store, closed);
      await store.close();
      await manifest.change({ closed: closed?.closed, stamp: (await platform.disk.stampOf(file))?.text });
    } catch (error) {
      // As after a crash: the next start reads more of the store, and misses nothing.
      log.debug(`The close of ${file} could not be noted: ${String(error)}`);
      await store.close();
    }
  };
  let closing: Promise<void> | undefined;
  return {
    engine: store.engine,
    get: (key) => store.get(key),
    peek: (key, look) => store.peek(key, look),
    range: (range) => store.range(range),
    batch: () => store.batch(),
    close: () => (closing ??= close()),
  };
}
