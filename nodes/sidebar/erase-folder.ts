import { open, readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';

/** All that a data directory may hold, apart from endings of files that are being replaced or were lost once. */
const OURS =
  /^(manifest\.json|store\.(lmdb|lmdb-lock|nedb|nedb~)|vault|vault\.key|reserve|identity\.tox|lock)(\.tmp|\.old-[0-9a-f]{8})*$/;
/** They hold secrets: what is in them is overwritten. */
const SECRET = /^(vault|identity\.tox)/;

/**
 * Erases what a session kept in its data folder, and the folder when nothing else is in it.
 * @returns names of what is somebody else's, and was left
 * @throws Node's error
 */
export async function eraseFolder(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const ours = entries.filter(({ name }) => OURS.test(name));
  for (const entry of ours) {
    const file = path.join(folder, entry.name);
    if (entry.isFile() && SECRET.test(entry.name)) await overwrite(file);
    await rm(file, { recursive: true, force: true });
  }
  const left = entries.filter((entry) => !ours.includes(entry)).map(({ name }) => name);
  if (left.length === 0) await rmdir(folder);
  return left;
}

async function overwrite(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const { size } = await handle.stat();
    await handle.write(Buffer.alloc(size), 0, size, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
