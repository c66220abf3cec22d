import type { Disk, DiskFile } from '../../../../lib/platform/disk';

/** Passes everything on to a disk, counts the writes and syncs of open files, and fails on demand. */
export class CountingDisk implements Disk {
  syncs = 0;
  writes = 0;
  /** While set, every write fails with this errno, and unless it is ENOSPC so do syncs and removals. */
  failing: string | undefined;
  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  makeFolder = (path: string) => this.#disk.makeFolder(path);
  list = (path: string) => this.#disk.list(path);
  readFile = (path: string) => this.#disk.readFile(path);
  move = (from: string, to: string) => this.#disk.move(from, to);
  kindOf = (path: string) => this.#disk.kindOf(path);
  stampOf = (path: string) => this.#disk.stampOf(path);
  identify = (path: string) => this.#disk.identify(path);
  freeBytes = (path: string) => this.#disk.freeBytes(path);
  volumeBytes = (path: string) => this.#disk.volumeBytes(path);

  async writeFile(path: string, data: Uint8Array): Promise<void> {
    this.#check();
    await this.#disk.writeFile(path, data);
  }

  async remove(path: string): Promise<void> {
    if (this.failing !== 'ENOSPC') this.#check();
    await this.#disk.remove(path);
  }

  async open(path: string): Promise<DiskFile> {
    const file = await this.#disk.open(path);
    return {
      size: () => file.size(),
      read: (offset, length) => file.read(offset, length),
      write: async (offset, data) => {
        this.#check();
        this.writes += 1;
        await file.write(offset, data);
      },
      truncate: (size) => file.truncate(size),
      sync: async () => {
        if (this.failing !== 'ENOSPC') this.#check();
        this.syncs += 1;
        await file.sync();
      },
      close: () => file.close(),
    };
  }

  #check(): void {
    if (this.failing) throw Object.assign(new Error(`${this.failing}: on demand`), { code: this.failing });
  }
}
