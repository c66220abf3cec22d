import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Every regular file below `folder` that holds `bytes`: as they are, in hexadecimal of either case, or in base64
 * (either alphabet) at any of its three alignments.
 * @returns names relative to `folder`, in order
 */
export async function filesWith(folder: string, bytes: Uint8Array): Promise<string[]> {
  const forms = formsOf(Buffer.from(bytes));
  const found: string[] = [];
  for (const name of await filesIn(folder)) {
    const content = await readFile(path.join(folder, name));
    if (forms.some((form) => content.includes(form))) found.push(name);
  }
  return found;
}

/** Names of the regular files below `folder`, relative to it, in order. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))).sort();
}

function formsOf(bytes: Buffer): Buffer[] {
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].map((before) => base64Within(bytes, before));
  const texts = [hex, hex.toUpperCase(), ...base64, ...base64.map(urlAlphabet)];
  return [bytes, ...texts.map((text) => Buffer.from(text))];
}

/** The characters of a base64 text that stand for `bytes` alone, when `before` other bytes come first. */
function base64Within(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
}

function urlAlphabet(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}
