import { open, readdir, realpath, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';

/** All that a data directory may hold, apart from endings of files that are being replaced or were lost once. */
const OURS =
  /^(manifest\.json|store\.(lmdb|lmdb-lock|nedb|nedb~)|vault|vault\.key|reserve|identity\.tox|lock)(\.tmp|\.old-([0-9a-f]{8}|first))*$/;
/** They hold secrets: what is in them is overwritten. */
const SECRET = /^(vault|identity\.tox)/;

/**
 * Erases what a session kept in its data folder, and the folder when nothing else is in it.
 * @returns names of what is somebody else's, and was left; of a link the path of the file to which it led, which others
 *   may use too
 * @throws Node's error
 */
export async function eraseFolder(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const ours = entries.filter(({ name }) => OURS.test(name));
  const linked: string[] = [];
  for (const entry of ours) {
    const file = path.join(folder, entry.name);
    if (entry.isSymbolicLink()) linked.push(...(await targetOf(file)));
    if (entry.isFile() && SECRET.test(entry.name)) await overwrite(file);
    await rm(file, { recursive: true, force: true });
  }
  const left = entries.filter((entry) => !ours.includes(entry)).map(({ name }) => name);
  if (left.length === 0) await rmdir(folder);
  return [...left, ...linked];
}

/** Nothing when the link leads nowhere. */
async function targetOf(link: string): Promise<string[]> {
  try {
    return [await realpath(link)];
  } catch {
    return [];
  }
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
