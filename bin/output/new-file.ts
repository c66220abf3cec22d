import { writeFile } from 'node:fs/promises';
import { EXIT, Failure } from '../exit-codes';

/**
 * Writes a file with a secret in it, which only its owner may read, and replaces none.
 * @param name as the user gave it @param place its path
 * @throws Failure
 */
export async function writeNewFile(name: string, place: string, data: string | Uint8Array): Promise<void> {
  try {
    await writeFile(place, data, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    const why = isThere
      ? 'exists already. Choose another name.'
      : `cannot be written: ${error instanceof Error ? error.message : String(error)}.`;
    throw new Failure(EXIT.cannotCreate, `The file ${name} ${why}`);
  }
}
