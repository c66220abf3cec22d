import path from 'node:path';
import { EXIT, Failure } from '../exit-codes';
import type { Machine } from '../machine';
import { namedFile } from './named-file';
import type { Options } from './option-table';

/** How the passphrase of a directory is given where nobody can be asked. */
export const PASSPHRASE_WAYS = 'Set TOX_ASYNC_PASSPHRASE, or use --passphrase-file.';

/** Absolute path of the data directory: the option, the environment, or where programs of a user keep their data. */
export function dataDirectory(
  options: Options,
  { env, cwd, home }: Pick<Machine, 'env' | 'cwd' | 'home'>,
): string {
  const given = options.data ?? env.TOX_ASYNC_DATA ?? '';
  if (given !== '') return path.resolve(cwd, given);
  const parent = env.XDG_DATA_HOME ?? '';
  return path.resolve(path.isAbsolute(parent) ? parent : path.join(home, '.local/share'), 'tox-async');
}

/**
 * The passphrase of the directory from the environment, or from a file; undefined when neither has one. It is never an
 * argument, which every user of the machine could read.
 * @throws Failure the file cannot be read, or is empty
 */
export async function givenPassphrase(
  options: Options,
  { env, cwd }: Pick<Machine, 'env' | 'cwd'>,
): Promise<string | undefined> {
  const file = options['passphrase-file'] ?? env.TOX_ASYNC_PASSPHRASE_FILE ?? '';
  if (file === '') return env.TOX_ASYNC_PASSPHRASE || undefined;
  const text = await namedFile({ cwd }, file, 'The passphrase file');
  const passphrase = text.toString('utf8').replace(/\r?\n$/, '');
  if (passphrase !== '') return passphrase;
  throw new Failure(EXIT.noPermission, `The passphrase file ${file} is empty.`);
}
