import path from 'node:path';
import { readUtf8, utf8 } from '../../bytes';
import { ToxAsyncError } from '../../errors';
import type { Disk } from '../../platform/disk';
import { storeError } from '../store-errors';

/** The engines that a directory can be made with. */
export const STORE_ENGINES = ['lmdb', 'nedb'] as const;
export type StoreEngine = (typeof STORE_ENGINES)[number];

/**
 * `manifest.json`: says that a folder is a data directory, how it is to be read, and which files belong to it. A part
 * is noted once it is made, so that one which is gone, or another's, is never taken for one that was not made yet.
 */
export interface Manifest {
  /** Version of what lies in the folder (store/directory/migrations.ts). */
  readonly format: number;
  readonly engine: StoreEngine;
  /** Unix milliseconds. */
  readonly created: number;
  /** Public key of the identity, in hex. */
  readonly identity?: string;
  /** The id that the store holds too, in hex. */
  readonly store?: string;
  /** How often the store was closed, at least; the store counts too. */
  readonly closed?: number;
  /** Size and time of the store's file when it was closed last. */
  readonly stamp?: string;
  /** Names the key in `vault.key`, in hex. */
  readonly vaultKey?: string;
}

/** What of a manifest may come, change and go. */
export type ManifestParts = {
  readonly [P in 'identity' | 'store' | 'stamp' | 'vaultKey']?: string | undefined;
} & {
  readonly closed?: number | undefined;
};

const NAME = 'manifest.json';
/**
 * What may lie in a folder that becomes a data directory: what a start cut short leaves behind, what the root of
 * a volume holds, and an identity put there to be restored.
 */
const BEFORE_THE_MANIFEST = new Set(['lock', `${NAME}.tmp`, 'lost+found', 'identity.tox']);

/**
 * The manifest of `folder`, or undefined when that is missing or empty. Changes nothing.
 * @param newest the format of this version
 * @throws ErrForeignDirectory it holds something else, or was made by a newer version; ErrStore
 */
export async function readManifest(
  disk: Disk,
  folder: string,
  newest: number,
): Promise<Manifest | undefined> {
  let names: string[];
  let bytes: Uint8Array | undefined;
  try {
    names = await disk.list(folder);
    bytes = await disk.readFile(path.join(folder, NAME));
  } catch (error) {
    throw storeError(error);
  }
  if (bytes) return parseManifest(folder, bytes, newest);
  const foreign = names.find((name) => !BEFORE_THE_MANIFEST.has(name));
  if (foreign === undefined) return undefined;
  throw foreignError(folder, `it holds "${foreign}" but no ${NAME}`);
}

/** @throws ErrLocalStorageFull, ErrStore */
export async function writeManifest(disk: Disk, folder: string, manifest: Manifest): Promise<void> {
  try {
    await disk.writeFile(path.join(folder, NAME), utf8(`${JSON.stringify(manifest, undefined, 2)}\n`));
  } catch (error) {
    throw storeError(error);
  }
}

/** The manifest of a directory that this process holds alone. */
export class ManifestFile {
  readonly #disk: Disk;
  readonly #folder: string;
  #now: Manifest;

  constructor(disk: Disk, folder: string, now: Manifest) {
    this.#disk = disk;
    this.#folder = folder;
    this.#now = now;
  }

  get now(): Manifest {
    return this.#now;
  }

  /** Durable when it resolves; undefined takes a part out. @throws ErrLocalStorageFull, ErrStore */
  async change(parts: ManifestParts & { readonly format?: number }): Promise<void> {
    const next = { ...this.#now, ...parts } as Manifest;
    await writeManifest(this.#disk, this.#folder, next);
    this.#now = next;
  }
}

function parseManifest(folder: string, bytes: Uint8Array, newest: number): Manifest {
  const fields = parseObject(readUtf8(bytes));
  if (fields === undefined)
    throw foreignError(folder, `its ${NAME} is damaged or belongs to another program`);
  const { format, engine, created } = fields;
  if (typeof format !== 'number' || !Number.isSafeInteger(format) || format < 1 || format > newest) {
    throw foreignError(folder, `its format (${String(format)}) is unknown to this version`);
  }
  const known = STORE_ENGINES.find((name) => name === engine);
  if (known === undefined) {
    throw foreignError(folder, `its engine (${String(engine)}) is unknown to this version`);
  }
  const parts = readParts(fields);
  if (parts === undefined) throw foreignError(folder, `its ${NAME} is damaged or of another program`);
  return { format, engine: known, created: typeof created === 'number' ? created : 0, ...parts };
}

/** undefined when one of them is not as we write it. */
function readParts(
  fields: Record<string, unknown>,
): Omit<Manifest, 'format' | 'engine' | 'created'> | undefined {
  const isSound = (name: string) => {
    const value = fields[name];
    if (value === undefined) return true;
    if (name === 'closed') return Number.isSafeInteger(value);
    return typeof value === 'string' && (name === 'stamp' || /^([0-9a-f]{2})+$/.test(value));
  };
  const names = ['identity', 'store', 'closed', 'stamp', 'vaultKey'];
  if (!names.every(isSound)) return undefined;
  return Object.fromEntries(names.filter((name) => name in fields).map((name) => [name, fields[name]]));
}

function parseObject(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function foreignError(folder: string, reason: string): ToxAsyncError {
  return new ToxAsyncError(
    'ErrForeignDirectory',
    `${folder} cannot be used as a data directory: ${reason}. It was left unchanged. If it is one, restore its ` +
      `own ${NAME}, or use the version that created it. Otherwise choose an empty or new folder; an identity.tox ` +
      'copied there first keeps its Tox ID.',
  );
}
