import fs from 'node:fs';
import path from 'node:path';
import type { Disk } from '../../../lib/platform/disk';

/**
 * What a SIGKILL would leave of a folder, taken before and after each write of a disk when the folder changed. The
 * lock's sockets are left out (a dead process's are dead), and the reserve, which holds nothing.
 */
export class CrashImages {
  readonly #folder: string;
  readonly #place: string;
  readonly #seen = new Set<string>();
  readonly images: { readonly folder: string; readonly at: string }[] = [];

  constructor(folder: string, place: string) {
    this.#folder = folder;
    this.#place = place;
  }

  /** A disk that does the same and is watched. */
  watch(disk: Disk): Disk {
    const watched = <A extends unknown[], R>(name: string, run: (...args: A) => Promise<R>) => {
      return async (...args: A): Promise<R> => {
        const at = `${name} ${path.basename(String(args[0]))}`;
        this.take(`before ${at}`);
        try {
          return await run(...args);
        } finally {
          this.take(`after ${at}`);
        }
      };
    };
    return {
      ...disk,
      writeFile: watched('writeFile', (file: string, data: Uint8Array) => disk.writeFile(file, data)),
      open: watched('open', (file: string) => disk.open(file)),
      move: watched('move', (from: string, to: string) => disk.move(from, to)),
    };
  }

  take(at: string): void {
    // A thread may write while this reads: only what is read twice alike was there at one moment.
    let files = this.#read();
    for (let again = this.#read(); again.key !== files.key; again = this.#read()) files = again;
    if (this.#seen.has(files.key)) return;
    this.#seen.add(files.key);
    const folder = path.join(this.#place, String(this.images.length));
    fs.mkdirSync(folder, { recursive: true });
    for (const [name, bytes] of files.content) fs.writeFileSync(path.join(folder, name), bytes);
    this.images.push({ folder, at });
  }

  #read(): { key: string; content: [string, Buffer][] } {
    const names = fs.existsSync(this.#folder) ? fs.readdirSync(this.#folder).sort() : [];
    const content = names
      .filter((name) => name !== 'lock' && name !== 'reserve')
      .flatMap((name): [string, Buffer][] => {
        try {
          return [[name, fs.readFileSync(path.join(this.#folder, name))]];
        } catch {
          return [];
        }
      });
    return { key: content.map(([name, bytes]) => `${name}:${bytes.toString('latin1')}`).join('|'), content };
  }
}
