import path from 'node:path';
import { MIN_BACKUP_PASSPHRASE } from '../../lib/index';
import type { Call, Command } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { writeNewFile } from '../output/new-file';
import { openSession, type OpenSession } from '../session/open-session';
import { chosenPassphrase } from './init';

/** Writes identity and friends to a file. */
export const backup: Command = {
  name: 'backup',
  usage: 'FILE',
  about: 'write identity and friends to a new file, sealed with a passphrase',
  options: ['plain'],
  more: `The passphrase of the backup comes from TOX_ASYNC_BACKUP_PASSPHRASE, or is asked
for; it has at least ${MIN_BACKUP_PASSPHRASE} characters. The file is a Tox profile, as other Tox
clients have it too.`,
  run: async (call) => {
    const [file, ...others] = call.words;
    if (file === undefined || others.length > 0) {
      throw new Failure(EXIT.usage, 'Usage: tox-async backup FILE [--plain]');
    }
    await using session = await openSession(call, { network: false });
    const bytes = await exported(call, session);
    await writeNewFile(file, path.resolve(call.machine.cwd, file), bytes);
    return EXIT.ok;
  },
};

async function exported({ options, machine }: Call, { control, manager }: OpenSession): Promise<Uint8Array> {
  if (options.plain === true) {
    if (manager !== undefined) return manager.exportIdentity();
    throw new Failure(
      EXIT.usage,
      'A process that holds the directory gives a sealed backup only. Leave --plain out, or stop it first.',
    );
  }
  const passphrase =
    machine.env.TOX_ASYNC_BACKUP_PASSPHRASE ||
    (await chosenPassphrase({ machine }, 'Set TOX_ASYNC_BACKUP_PASSPHRASE, or use --plain.'));
  const { base64 } = await control.ask({ ask: 'backup', passphrase }, machine);
  return Buffer.from(base64, 'base64');
}
