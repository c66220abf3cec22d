import type { CryptoProvider } from '../../lib/crypto/provider';
import { MemoryDisk } from '../../lib/testing/memory-disk';
import type { Platform } from '../../lib/platform/platform';
import type { SeededRandom } from '../../lib/testing/simulated-platform';
import type { DataDirectory } from '../../lib/store/directory/data-directory';
import { openMemoryDirectory } from '../../lib/testing/memory-directory';
import { type CommitDelay, MemoryVolume } from '../../lib/testing/memory-store';
import type { RecordForm } from '../../lib/store/record-form';
import { Table } from '../../lib/store/table';

const FIRST = new Uint8Array();
const LAST = new Uint8Array(257).fill(255);

/** A data directory on a simulated disk, which can lose power, be copied and be put back. */
export class MemoryDirectory {
  disk = new MemoryDisk();
  volume: MemoryVolume;

  constructor(private readonly delay?: CommitDelay) {
    this.volume = new MemoryVolume(delay);
  }

  open(platform: Platform, crypto: CryptoProvider): Promise<DataDirectory> {
    return openMemoryDirectory({ platform, crypto, volume: this.volume });
  }

  /** What was not synced is lost, torn or kept. */
  crash(random?: SeededRandom): void {
    this.volume.crash(random);
    this.disk.crash(random);
  }

  /** A copy as a backup tool makes one. */
  async copy(): Promise<MemoryDirectory> {
    const copy = new MemoryDirectory(this.delay);
    copy.volume.index.apply(this.#records());
    await copy.disk.makeFolder('/data');
    for (const [path, bytes] of await this.#files()) await copy.disk.writeFile(path, bytes);
    return copy;
  }

  /** Puts a copy in place; nothing is running on this directory. */
  async restore(backup: MemoryDirectory): Promise<void> {
    const { disk, volume } = await backup.copy();
    this.disk = disk;
    this.volume = volume;
  }

  /** Whether `secret` stands anywhere in the directory, as it is, in hexadecimal or in base64. */
  async holds(secret: Uint8Array | string): Promise<boolean> {
    const bytes = Buffer.from(secret as string);
    const needles = [bytes, Buffer.from(bytes.toString('hex')), ...base64Forms(bytes)];
    const files = (await this.#files()).map(([, file]) => file);
    const records = this.#records().flatMap(([key, value]) => [key, value]);
    return [...files, ...records].some((hay) => needles.some((needle) => Buffer.from(hay).includes(needle)));
  }

  /** What one table of the store has now. */
  table<T extends object>(name: string, form?: RecordForm<T>): T[] {
    const index = this.volume.index;
    const store = { get: (key: Uint8Array) => index.get(key), range: index.range.bind(index) };
    return [...new Table<T>(store, name, form).entries()].map(({ record }) => record);
  }

  #records(): [Uint8Array, Uint8Array][] {
    return [...this.volume.index.range({ gte: FIRST, lt: LAST })].map(([key, value]) => [key, value]);
  }

  async #files(): Promise<[string, Uint8Array][]> {
    const files: [string, Uint8Array][] = [];
    for (const name of await this.disk.list('/data')) {
      const path = `/data/${name}`;
      const bytes = await this.disk.readFile(path);
      if (bytes !== undefined) files.push([path, bytes]);
    }
    return files;
  }
}

/** base64 at the three alignments, without the ends that depend on the neighbours. */
function base64Forms(bytes: Buffer): Buffer[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return Buffer.from(text.slice(shift === 0 ? 0 : 4, -4));
  });
}
