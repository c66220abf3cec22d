import { execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../../../lib/store/store';
import type { StorePlace } from '../../../../lib/testing/store/store-under-test';

/** A fresh folder below the system's temporary one. */
export function makeScratch(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'tox-async-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** For storeSuite: a store in a file of its own. */
export async function filePlace(open: (path: string) => Promise<Store>): Promise<StorePlace> {
  const scratch = makeScratch();
  return { open: () => open(join(scratch.path, 'store')), remove: async () => scratch.remove() };
}

/** Tests that mount a volume need root on Linux; only a developer's machine may go without them. */
export function cannotMount(): boolean {
  return process.platform !== 'linux' || (process.getuid?.() !== 0 && process.env['CI'] === undefined);
}

/** Mounts a volume of `megabytes` on `folder`; needs root. Returns what unmounts it, even while it is in use. */
export function mountSmallVolume(folder: string, megabytes: number): () => void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  return () => execFileSync('umount', ['-l', folder]);
}

/** Writes a file until the volume takes no more; returns its path. */
export function fillVolume(folder: string): string {
  const path = join(folder, 'ballast');
  const file = openSync(path, 'w');
  try {
    for (const size of [1024 * 1024, 4096]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size, 1));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(file);
  }
  return path;
}
