import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { unprivilegedUser } from '../../../scripts/support/postgres-programs';
import { quickFolder } from '../../../scripts/support/postgres-server';

const run = promisify(execFile);

/**
 * A disk of its own with a file system on it, in a file: so it can be copied as it is when the power fails, without what the
 * file system still has in memory. Needs root.
 */
export class CutDisk {
  readonly folder: string;
  readonly #image: string;
  readonly #room: string;

  private constructor(room: string, name: string) {
    this.#room = room;
    this.#image = path.join(room, `${name}.img`);
    this.folder = path.join(room, name);
  }

  static async make(): Promise<CutDisk> {
    const disk = new CutDisk(await mkdtemp(path.join(await quickFolder(), 'tox-async-disk-')), 'before');
    await run('chmod', ['755', disk.#room]);
    await run('truncate', ['--size=1G', disk.#image]);
    await run('mkfs.ext4', ['-q', '-F', disk.#image]);
    await disk.#mount();
    const user = unprivilegedUser();
    if (user) await chown(disk.folder, user.uid, user.gid);
    return disk;
  }

  /** As it would be after a while: a server that was just made has not been synced. */
  async settle(): Promise<void> {
    await run('sync', ['-f', this.folder]);
  }

  /** What lies on it at this moment, as another disk. */
  async cut(): Promise<CutDisk> {
    const copy = new CutDisk(this.#room, 'after');
    await run('cp', ['--sparse=always', this.#image, copy.#image]);
    await copy.#mount();
    return copy;
  }

  async remove(): Promise<void> {
    await run('umount', ['-l', this.folder]);
    await rm(this.#image);
    await rm(this.folder, { recursive: true });
    // The last one takes the room with it.
    await rmdir(this.#room).catch(() => undefined);
  }

  async #mount(): Promise<void> {
    await mkdir(this.folder);
    await run('mount', ['-o', 'loop', this.#image, this.folder]);
  }
}
