import { open } from 'node:fs/promises';
import type { ToxAsyncError } from '../../errors';
import { lostError } from '../store-errors';
import { isIntactDocument, type NedbDocument } from './nedb-document';

const LINE_FEED = 0x0a;

type Line =
  { kind: 'document'; document: NedbDocument } | { kind: 'removal'; id: string } | { kind: 'damaged' };

export interface Scanned {
  /** Those that were not removed, oldest first. */
  readonly documents: readonly NedbDocument[];
  /** Bytes at the start of the file that hold no damage. */
  readonly sound: number;
  /** Bytes behind them. */
  readonly torn: number;
}

/**
 * Reads the file (making it with mode 0600) before nedb does, because nedb leaves out damaged lines without a
 * word. A crash can only spoil what was appended after the last sync: one document, or some removals. Such an
 * end is for `cutTornEnd`. Damage in front of an intact document is none of a crash's doing.
 * @throws ErrStore for any other damage; Node's own errors
 */
export async function scanFile(path: string): Promise<Scanned> {
  const file = await open(path, 'a+', 0o600);
  try {
    const { documents, sound } = readLines(path, await file.readFile());
    return {
      documents: [...documents.values()].sort((a, b) => (a._id < b._id ? -1 : 1)),
      sound,
      torn: (await file.stat()).size - sound,
    };
  } finally {
    await file.close();
  }
}

/** Cuts what `scanFile` found torn off the file. @throws Node's own errors */
export async function cutTornEnd(path: string, { sound, torn }: Scanned): Promise<void> {
  if (torn === 0) return;
  const file = await open(path, 'r+');
  try {
    await file.truncate(sound);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** `sound`: the bytes from the start of the file that hold no damage. */
function readLines(path: string, data: Buffer): { documents: Map<string, NedbDocument>; sound: number } {
  const documents = new Map<string, NedbDocument>();
  let sound: number | undefined;
  let start = 0;
  while (start < data.length) {
    const end = data.indexOf(LINE_FEED, start);
    const line: Line = end < 0 ? { kind: 'damaged' } : parseLine(data.toString('utf8', start, end));
    if (line.kind === 'damaged') sound ??= start;
    else if (sound !== undefined && line.kind === 'document') throw damagedError(path, sound);
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

function damagedError(path: string, offset: number): ToxAsyncError {
  return lostError(
    'ErrStore',
    `${path} is damaged at byte ${offset}, before the end of its data, and was left unchanged. Restore an intact copy of it.`,
  );
}
