import { readFile } from 'node:fs/promises';
import { chooseCryptoProvider } from '../../lib/crypto/providers/choose-provider';
import { systemPlatform } from '../../lib/platform/system/system-platform';
import { openDataDirectory } from '../../lib/store/directory/data-directory';

/** Saves that are averaged. */
const SAVES = 20;

/** Bytes that a process has had written to the disk. */
export async function writtenBytes(pid: number): Promise<number> {
  const io = await readFile(`/proc/${pid}/io`, 'utf8');
  return Number(/^write_bytes: (\d+)$/m.exec(io)?.[1] ?? 0);
}

/** Bytes that a session writes each hour in which nothing happens: one small record, its age, in a commit of its own. */
export async function bytesOfSave(dataDir: string): Promise<number> {
  const crypto = chooseCryptoProvider();
  const directory = await openDataDirectory({ platform: systemPlatform, crypto, path: dataDir });
  try {
    const before = await writtenBytes(process.pid);
    for (let i = 0; i < SAVES; i += 1) {
      await directory.store.batch().put(new TextEncoder().encode('bench/age'), new Uint8Array(64)).commit();
    }
    return ((await writtenBytes(process.pid)) - before) / SAVES;
  } finally {
    await directory.close();
  }
}
