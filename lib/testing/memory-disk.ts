import { dirname, relative, sep } from 'node:path';
import type { Disk, DiskFile, EntryKind } from '../platform/disk';
import type { Random } from '../platform/random';
import { crc32 } from '../store/crc32';
import { type Content, doChange, durableOf } from './file-content';
import { type FileChange, tear } from './torn-writes';

/**
 * A disk in memory with a disk's faults: `crash` loses or tears whatever was not synced, `limitFree` makes it
 * full (ENOSPC), `readOnly` refuses writes (EROFS). A file name is durable when `writeFile`, `remove` or `open`
 * resolved; a crash before that leaves the old or the new one. Folders are durable at once.
 */
export class MemoryDisk implements Disk {
  /** While true, every change fails with EROFS. */
  readOnly = false;
  #capacity = 1_000_000_000;
  #folders = new Set<string>();
  #names = new Map<string, Content>();
  /** Changes of names that no folder sync has made durable: what the name stood for before. */
  #unsyncedNames: { path: string; before: Content | undefined }[] = [];
  #crashes = 0;
  /** Numbers of the files and folders that somebody asked for. */
  readonly #numbers = new Map<Content | string, number>();

  /**
   * Cuts the power: what is synced stays, each unsynced sector and name is kept or lost at random (without
   * `random` all are lost). Open files are dead from then on (EBADF), as are operations under way.
   */
  crash(random?: Random): void {
    this.#crashes += 1;
    // Names change in the order of the file system's journal: the last ones are lost.
    const lost = random
      ? (random.bytes(1)[0] ?? 0) % (this.#unsyncedNames.length + 1)
      : this.#unsyncedNames.length;
    for (const { path, before } of this.#unsyncedNames.reverse().slice(0, lost)) this.#name(path, before);
    this.#unsyncedNames = [];
    for (const file of this.#names.values()) {
      if (file.unsynced.length === 0) continue;
      const durable = durableOf(file);
      const changes = file.unsynced.map(({ change }) => change);
      file.current = random ? tear(durable, changes, random) : durable;
      file.unsynced = [];
    }
  }

  /** Leaves `bytes` free from now on; 0 is a full disk. */
  limitFree(bytes: number): void {
    this.#capacity = this.#used() + bytes;
  }

  makeFolder(path: string): Promise<void> {
    return this.#step(() => {
      for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) {
        if (!this.#folders.has(folder)) this.#assertWritable();
        this.#folders.add(folder);
      }
    });
  }

  list(path: string): Promise<string[]> {
    return this.#step(() => {
      const found = new Set<string>();
      for (const entry of [...this.#names.keys(), ...this.#folders]) {
        const [name] = relative(path, entry).split(sep);
        if (name !== undefined && name !== '' && name !== '..') found.add(name);
      }
      return [...found].sort();
    });
  }

  readFile(path: string): Promise<Uint8Array | undefined> {
    return this.#step(() => this.#names.get(path)?.current.slice());
  }

  async writeFile(path: string, data: Uint8Array): Promise<void> {
    const bytes = data.slice();
    await this.#changeName(path, () => {
      this.#assertPlace(path);
      if (this.#free() < bytes.length) throw fault('ENOSPC', 'no space left on device');
      return { current: bytes, unsynced: [] };
    });
  }

  async remove(path: string): Promise<void> {
    await this.#changeName(path, () => {
      if (this.#names.has(path)) this.#assertWritable();
      return undefined;
    });
  }

  async open(path: string): Promise<DiskFile> {
    const file = await this.#changeName(path, (): Content => {
      const existing = this.#names.get(path);
      if (!existing) this.#assertPlace(path);
      return existing ?? { current: new Uint8Array(), unsynced: [] };
    });
    return this.#handle(file);
  }

  async move(from: string, to: string): Promise<void> {
    const file = this.#names.get(from);
    if (!file) throw fault('ENOENT', 'no such file or directory');
    await this.#changeName(to, () => {
      this.#assertWritable();
      return file;
    });
    await this.#changeName(from, () => undefined);
  }

  kindOf(path: string): Promise<EntryKind | undefined> {
    return this.#step(() => {
      if (this.#names.has(path)) return 'file';
      return this.#folders.has(path) ? 'folder' : undefined;
    });
  }

  stampOf(path: string): Promise<{ size: number; text: string } | undefined> {
    return this.#step(() => {
      const bytes = this.#names.get(path)?.current;
      return bytes && { size: bytes.length, text: `${bytes.length}:${crc32(bytes)}` };
    });
  }

  identify(path: string): Promise<string | undefined> {
    return this.#step(() => {
      const found = this.#names.get(path) ?? (this.#folders.has(path) ? path : undefined);
      if (found === undefined) return undefined;
      const number = this.#numbers.get(found) ?? this.#numbers.size;
      this.#numbers.set(found, number);
      return String(number);
    });
  }

  freeBytes(): Promise<number> {
    return this.#step(() => this.#free());
  }

  volumeBytes(): Promise<number> {
    return this.#step(() => this.#capacity);
  }

  #handle(file: Content): DiskFile {
    const opened = this.#crashes;
    const step = async <T>(action: () => T): Promise<T> => {
      if (opened !== this.#crashes) throw fault('EBADF', 'bad file descriptor');
      return this.#step(action);
    };
    const change = (next: FileChange) => {
      this.#assertWritable();
      doChange(file, next);
    };
    return {
      size: () => step(() => file.current.length),
      read: (offset, length) => step(() => file.current.slice(offset, offset + length)),
      write: (offset, data) => {
        const bytes = data.slice();
        return step(() => {
          // As a real disk does, a full one takes what fits.
          const room = Math.max(file.current.length + this.#free() - offset, 0);
          change({ kind: 'write', offset, data: bytes.subarray(0, room) });
          if (room < bytes.length) throw fault('ENOSPC', 'no space left on device');
        });
      },
      truncate: (size) => step(() => change({ kind: 'truncate', size })),
      sync: () =>
        step(() => {
          file.unsynced = [];
        }),
      close: () => step(() => undefined),
    };
  }

  /** The new name shows at once and is durable one step later, when the folder is synced. */
  async #changeName<T extends Content | undefined>(path: string, makeFile: () => T): Promise<T> {
    const started = this.#crashes;
    const file = await this.#step(() => {
      const made = makeFile();
      this.#unsyncedNames.push({ path, before: this.#names.get(path) });
      this.#name(path, made);
      return made;
    }, started);
    await this.#step(() => {
      this.#unsyncedNames = this.#unsyncedNames.filter((change) => change.path !== path);
    }, started);
    return file;
  }

  #name(path: string, file: Content | undefined): void {
    if (file) this.#names.set(path, file);
    else this.#names.delete(path);
  }

  #used(): number {
    let used = 0;
    for (const file of this.#names.values()) used += file.current.length;
    return used;
  }

  #free(): number {
    return Math.max(this.#capacity - this.#used(), 0);
  }

  #assertPlace(path: string): void {
    this.#assertWritable();
    if (!this.#folders.has(dirname(path)) && dirname(path) !== dirname(dirname(path))) {
      throw fault('ENOENT', `no such folder: ${dirname(path)}`);
    }
  }

  #assertWritable(): void {
    if (this.readOnly) throw fault('EROFS', 'read-only file system');
  }

  /** Before `action` another task, or a crash, can come in between; it itself happens as a whole. */
  async #step<T>(action: () => T, started = this.#crashes): Promise<T> {
    await Promise.resolve();
    if (started !== this.#crashes) throw fault('EIO', 'the power went off');
    return action();
  }
}

function fault(code: string, text: string): Error {
  return Object.assign(new Error(`${code}: ${text}`), { code });
}
