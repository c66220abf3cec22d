import type { Call } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { namedFile } from './named-file';

/**
 * The text of a file that holds a secret, `-` being the standard input. A secret is never an argument itself: every
 * user of the machine could read it.
 * @throws Failure it cannot be read
 */
export async function secretFile({ machine }: Pick<Call, 'machine'>, file: string): Promise<string> {
  if (file !== '-') return (await namedFile(machine, file, 'The file')).toString('utf8');
  const chunks: Uint8Array[] = [];
  for await (const chunk of machine.stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** A cell URI from a file. @throws Failure the URI itself is the argument, or it cannot be read */
export async function cellUriFrom(call: Pick<Call, 'machine'>, file: string): Promise<string> {
  if (!file.startsWith('tox-cell:')) return secretFile(call, file);
  throw new Failure(
    EXIT.usage,
    'A cell URI holds a token, and arguments can be read by every user of this machine. Put it into a file, and name that, or "-" for the standard input.',
  );
}
