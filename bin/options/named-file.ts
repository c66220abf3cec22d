import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EXIT, Failure } from '../exit-codes';
import type { Machine } from '../machine';

/** The bytes of a file that was named. @param what how a failure calls it @throws Failure it cannot be read */
export async function namedFile({ cwd }: Pick<Machine, 'cwd'>, file: string, what: string): Promise<Buffer> {
  return readFile(path.resolve(cwd, file)).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure(EXIT.noInput, `${what} cannot be read: ${why}.`);
  });
}
