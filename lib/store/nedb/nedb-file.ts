import type { Stats } from 'node:fs';
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import type Datastore from 'nedb-promises';
import { replacedError } from '../directory/held-files';
import type { NedbDocument } from './nedb-document';
import { loadNedb } from './nedb-loader';

/** Most documents removed in one append. */
const REMOVALS_AT_ONCE = 64;

/**
 * The nedb database and a handle of our own on its file, because nedb never syncs what it appends. An append
 * that fails is taken back, so that the next one doesn't follow half a line. Calls must not overlap.
 */
export class NedbFile {
  readonly #path: string;
  readonly #database: Datastore<NedbDocument>;
  #handle: FileHandle;
  /** Bytes of the file that are durable and whole. */
  #size: number;
  /** A removal failed after nedb forgot the documents: only rewriting the file can remove them now. */
  #forgotten = false;
  #broken: Error | undefined;

  private constructor(path: string, database: Datastore<NedbDocument>, handle: FileHandle, size: number) {
    this.#path = path;
    this.#database = database;
    this.#handle = handle;
    this.#size = size;
  }

  /** Opens a file that scanFile found sound, as it is. */
  static async open(path: string): Promise<NedbFile> {
    const options = { filename: path, corruptAlertThreshold: 0, modes: { fileMode: 0o600, dirMode: 0o700 } };
    await removeTemporary(path);
    const database = (await loadNedb()).create(options) as Datastore<NedbDocument>;
    await loadUnchanged(database);
    const handle = await open(path, 'r+');
    return new NedbFile(path, database, handle, (await handle.stat()).size);
  }

  get size(): number {
    return this.#size;
  }

  /** Resolves when the document is durable; when it rejects, the document is neither in the file nor in nedb. */
  async append(document: NedbDocument): Promise<void> {
    await this.#durably(
      () => this.#database.insert(document),
      () => this.#database.deleteOne({ _id: document._id }, {}),
    );
  }

  /** Removes some of the documents and returns which, when that is durable. */
  async remove(ids: readonly string[]): Promise<readonly string[]> {
    if (this.#forgotten) await this.compact();
    const now = ids.slice(0, REMOVALS_AT_ONCE);
    await this.#durably(
      () => this.#database.deleteMany({ _id: { $in: now } }, {}),
      () => {
        this.#forgotten = true;
        return Promise.resolve();
      },
    );
    return now;
  }

  /** Rewrites the file without the lines of removed documents. A crash or an error leaves the old file. */
  async compact(): Promise<void> {
    this.#assertSound();
    try {
      await compact(this.#database);
    } catch (error) {
      await removeTemporary(this.#path);
      throw error;
    }
    this.#forgotten = false;
    await this.#handle.close();
    this.#handle = await open(this.#path, 'r+');
    this.#size = (await this.#handle.stat()).size;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #durably(change: () => Promise<unknown>, undo: () => Promise<unknown>): Promise<void> {
    this.#assertSound();
    try {
      await change();
      await this.#handle.sync();
      this.#size = (await this.#inPlace()).size;
    } catch (error) {
      await this.#takeBack(error, undo);
      throw error;
    }
  }

  /** nedb appends to whatever has the name, and makes a file if none has. */
  async #inPlace(): Promise<Stats> {
    const [ours, named] = await Promise.all([this.#handle.stat(), stat(this.#path)]);
    if (ours.ino !== named.ino || ours.dev !== named.dev) throw replacedError(this.#path);
    return ours;
  }

  async #takeBack(cause: unknown, undo: () => Promise<unknown>): Promise<void> {
    // On a full disk nedb cannot write the undo either, but its memory is right, and the file is cut below.
    await Promise.allSettled([undo()]);
    try {
      await this.#handle.truncate(this.#size);
      await this.#handle.sync();
    } catch (error) {
      this.#broken = new AggregateError([cause, error], 'a failed write could not be undone');
    }
  }

  #assertSound(): void {
    if (this.#broken) throw this.#broken;
  }
}

/** What nedb has behind nedb-promises, and its types do not name. */
interface InnerDatabase {
  compactDatafileAsync?(): Promise<void>;
  readonly persistence: {
    compactDatafile(): void;
    persistCachedDatabaseAsync?: () => Promise<void>;
  };
}

async function compact(database: InnerDatabase): Promise<void> {
  if (database.compactDatafileAsync === undefined) throw new Error('nedb has no compactDatafileAsync.');
  await database.compactDatafileAsync();
}

/**
 * nedb rewrites the file whenever it loads it, or fails to load it: on a disk with less free space than the file
 * takes, a store could not be opened any more. NedbStore does it afterwards, where it may fail.
 */
async function loadUnchanged(database: InnerDatabase & Pick<Datastore<NedbDocument>, 'load'>): Promise<void> {
  const { persistence } = database;
  const write = persistence.persistCachedDatabaseAsync;
  if (write === undefined) throw new Error('nedb has no persistCachedDatabaseAsync.');
  persistence.persistCachedDatabaseAsync = () => Promise.resolve();
  try {
    await database.load();
  } finally {
    persistence.persistCachedDatabaseAsync = write;
  }
}

/** What a compaction that did not finish leaves behind; nedb would take it for data if the file were missing. */
function removeTemporary(path: string): Promise<void> {
  return rm(`${path}~`, { force: true });
}
