import path from 'node:path';
import { ToxAsyncError } from '../../errors';
import type { Disk, EntryKind } from '../../platform/disk';
import { storeError } from '../store-errors';

/** Files that a data directory may hold. A link is followed for the identity only: it may lie elsewhere. */
const FILES = [
  'manifest.json',
  'store.lmdb',
  'store.lmdb-lock',
  'store.nedb',
  'store.nedb~',
  'vault',
  'vault.key',
  'reserve',
];
const IDENTITY = 'identity.tox';
const REPLACED_AS_A_WHOLE = ['manifest.json', 'vault', 'vault.key', IDENTITY];
const LOCK = 'lock';

/**
 * Refuses a directory in which a name stands for something else than it should: what is written through a link goes
 * into another's file, and a folder cannot be replaced by a file. Changes nothing.
 * @throws ErrStore
 */
export async function checkEntryKinds(disk: Pick<Disk, 'kindOf'>, folder: string): Promise<void> {
  const temporary = REPLACED_AS_A_WHOLE.map((name) => `${name}.tmp`);
  for (const name of [...FILES, ...temporary]) await check(disk, folder, name, ['file']);
  await check(disk, folder, IDENTITY, ['file', 'link']);
  await check(disk, folder, LOCK, ['folder']);
}

async function check(
  disk: Pick<Disk, 'kindOf'>,
  folder: string,
  name: string,
  allowed: readonly EntryKind[],
): Promise<void> {
  const file = path.join(folder, name);
  const kind = await disk.kindOf(file).catch((error: unknown) => {
    throw storeError(error);
  });
  if (kind === undefined || allowed.includes(kind)) return;
  const is =
    kind === 'other' ? 'neither a file nor a folder' : `a ${kind === 'link' ? 'symbolic link' : kind}`;
  throw new ToxAsyncError(
    'ErrStore',
    `${file} is ${is}, where a ${allowed[0] ?? 'file'} of the data directory belongs. It was left unchanged: move it ` +
      'away, or put in its place what belongs there.',
  );
}
