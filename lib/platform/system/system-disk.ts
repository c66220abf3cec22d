import type { Stats, StatsFs } from 'node:fs';
import {
  constants,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readFile,
  readdir,
  realpath,
  rename,
  stat,
  statfs,
  unlink,
} from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Disk, DiskFile, EntryKind } from '../disk';
import { SerialQueue } from '../queues/serial-queue';

const OWNER_ONLY = 0o600;

/** The machine's own files. */
export const systemDisk: Disk = createSystemDisk();

function createSystemDisk(): Disk {
  // All replacements share one queue: two of the same file would write to one temporary file. Its name is
  // fixed, so that what a crash leaves behind (perhaps a secret) is overwritten by the next replacement.
  const replacements = new SerialQueue();
  return {
    makeFolder,
    list: async (path) => (await unlessMissing(readdir(path))) ?? [],
    readFile: async (path) => {
      const data = await unlessMissing(readFile(path));
      return data && new Uint8Array(data);
    },
    writeFile: (path, data) => replacements.run(() => replaceFile(path, data)),
    remove: async (path) => {
      const gone = await unlessMissing(unlink(path).then(() => true));
      if (gone === true) await syncFolder(dirname(path));
    },
    open: async (path) => {
      const handle = await open(path, constants.O_RDWR | constants.O_CREAT, OWNER_ONLY);
      await syncFolder(dirname(path));
      return new SystemFile(handle);
    },
    move: async (from, to) => {
      await rename(from, to);
      await syncFolder(dirname(to));
    },
    kindOf: async (path) => {
      const found = await unlessMissing(lstat(path));
      return found && kindIn(found);
    },
    stampOf: async (path) => {
      const found = await unlessMissing(stat(path, { bigint: true }));
      return found && { size: Number(found.size), text: `${found.size}:${found.mtimeNs}` };
    },
    identify: async (path) => {
      const found = await unlessMissing(stat(path, { bigint: true }));
      return found && `${found.dev}:${found.ino}`;
    },
    freeBytes: async (path) => {
      const volume = await volumeOf(path);
      return volume.bavail * volume.bsize;
    },
    volumeBytes: async (path) => {
      const volume = await volumeOf(path);
      return volume.blocks * volume.bsize;
    },
  };
}

class SystemFile implements DiskFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const data = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.#handle.read(data, done, length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return data.subarray(0, done);
  }

  async write(offset: number, data: Uint8Array): Promise<void> {
    let done = 0;
    while (done < data.length) {
      const { bytesWritten } = await this.#handle.write(data, done, data.length - done, offset + done);
      done += bytesWritten;
    }
  }

  truncate(size: number): Promise<void> {
    return this.#handle.truncate(size);
  }

  sync(): Promise<void> {
    return this.#handle.sync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Not Node's recursive mkdir: that never ends in a folder such as /proc, which is there and takes nothing. */
async function makeFolder(path: string): Promise<void> {
  if ((await unlessMissing(stat(path)))?.isDirectory() === true) return;
  const parent = dirname(resolve(path));
  if (parent !== resolve(path)) await makeFolder(parent);
  await mkdir(path, { mode: 0o700 }).catch(async (error: unknown) => {
    // Somebody else may have made it in between.
    if ((await unlessMissing(stat(path)))?.isDirectory() !== true) throw error;
  });
  // A new folder is durable only when the one above it is synced.
  await syncFolder(parent);
}

function kindIn(found: Stats): EntryKind {
  if (found.isSymbolicLink()) return 'link';
  if (found.isDirectory()) return 'folder';
  return found.isFile() ? 'file' : 'other';
}

async function replaceFile(named: string, data: Uint8Array): Promise<void> {
  const path = (await unlessMissing(realpath(named))) ?? named;
  const temporary = `${path}.tmp`;
  // One that was left behind may be read-only, somebody else's, or a link to somewhere else.
  await unlessMissing(unlink(temporary));
  try {
    const handle = await open(temporary, 'wx', OWNER_ONLY);
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlessMissing(unlink(temporary));
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Windows neither offers nor needs a sync of a folder. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Of the nearest parent that exists: a file may be measured before it is made. */
async function volumeOf(path: string): Promise<StatsFs> {
  const above = dirname(path);
  if (above === path) return statfs(path);
  return (await unlessMissing(statfs(path))) ?? volumeOf(above);
}

async function unlessMissing<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
