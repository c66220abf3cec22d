import type { Disk } from '../platform/disk';

/** What is asked of a disk to measure a folder. */
export type MeasuredDisk = Pick<Disk, 'list' | 'kindOf' | 'stampOf'>;

/** Bytes of all files in a folder and below; undefined when it cannot be read. */
export async function folderBytes(disk: MeasuredDisk, folder: string): Promise<number | undefined> {
  try {
    const names = await disk.list(folder);
    const sizes = await Promise.all(names.map((name) => bytesOf(disk, `${folder}/${name}`)));
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch {
    return undefined;
  }
}

/** What is replaced while it is looked at counts nothing. */
async function bytesOf(disk: MeasuredDisk, entry: string): Promise<number> {
  const kind = await disk.kindOf(entry);
  if (kind === 'folder') return (await folderBytes(disk, entry)) ?? 0;
  return kind === 'file' ? ((await disk.stampOf(entry))?.size ?? 0) : 0;
}
