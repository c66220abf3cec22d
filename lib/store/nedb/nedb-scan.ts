import { open } from 'node:fs/promises';
import { ToxAsyncError } from '../../errors';
import { isIntactDocument, type NedbDocument } from './nedb-document';

const LINE_FEED = 0x0a;

type Line =
  { kind: 'document'; document: NedbDocument } | { kind: 'removal'; id: string } | { kind: 'damaged' };

/**
 * Reads the file (making it with mode 0600) before nedb does, because nedb leaves out damaged lines without a
 * word. A crash can only spoil what was appended after the last sync: one document, or some removals. Such an
 * end is cut off. Damage in front of an intact document is none of a crash's doing.
 * @returns the documents that were not removed, oldest first
 * @throws ErrStore for any other damage; Node's own errors
 */
export async function scanFile(path: string): Promise<NedbDocument[]> {
  const file = await open(path, 'a+', 0o600);
  try {
    const { documents, sound } = readLines(await file.readFile());
    if (sound < (await file.stat()).size) {
      await file.truncate(sound);
      await file.sync();
    }
    return [...documents.values()].sort((a, b) => (a._id < b._id ? -1 : 1));
  } finally {
    await file.close();
  }
}

/** `sound`: the bytes from the start of the file that hold no damage. */
function readLines(data: Buffer): { documents: Map<string, NedbDocument>; sound: number } {
  const documents = new Map<string, NedbDocument>();
  let sound: number | undefined;
  let start = 0;
  while (start < data.length) {
    const end = data.indexOf(LINE_FEED, start);
    const line: Line = end < 0 ? { kind: 'damaged' } : parseLine(data.toString('utf8', start, end));
    if (line.kind === 'damaged') sound ??= start;
    else if (sound !== undefined && line.kind === 'document') throw damagedError(sound);
    else if (sound === undefined && line.kind === 'document') documents.set(line.document._id, line.document);
    else if (sound === undefined && line.kind === 'removal') documents.delete(line.id);
    start = end < 0 ? data.length : end + 1;
  }
  return { documents, sound: sound ?? data.length };
}

function parseLine(text: string): Line {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'damaged' };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'damaged' };
  if (isIntactDocument(value)) return { kind: 'document', document: value };
  const { $$deleted: deleted, _id: id } = value as { $$deleted?: unknown; _id?: unknown };
  return deleted === true && typeof id === 'string' ? { kind: 'removal', id } : { kind: 'damaged' };
}

function damagedError(offset: number): ToxAsyncError {
  return new ToxAsyncError(
    'ErrStore',
    `The store's file is damaged at byte ${offset}, before the end of its data. ` +
      'Restore the data directory from a backup or start with a new one.',
  );
}
