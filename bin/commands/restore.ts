import {
  chooseCryptoProvider,
  looksLikeProfile,
  openBackup,
  Passphrase,
  systemPlatform,
  ToxAsyncError,
} from '../../lib/index';
import type { Call, Command } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { givenPassphrase } from '../options/data-directory';
import { namedFile } from '../options/named-file';
import { write } from '../output/streams';
import { openOwnSession } from '../session/open-session';
import { chosenPassphrase, newDirectory } from './init';

/** Makes a session of a backup. */
export const restore: Command = {
  name: 'restore',
  usage: 'FILE',
  about: 'make a session of a backup, or of the profile of another Tox client',
  options: ['seal'],
  more: `The passphrase of the backup comes from TOX_ASYNC_BACKUP_PASSPHRASE, or is asked
for. Stop the session that the backup was made of first, for good: an identity
that runs twice loses messages.`,
  run: async (call) => {
    const [file, ...others] = call.words;
    if (file === undefined || others.length > 0) {
      throw new Failure(EXIT.usage, 'Usage: tox-async restore FILE');
    }
    const directory = await newDirectory(call);
    const bytes = await namedFile(call.machine, file, 'The backup');
    const profile = await opened(call, new Uint8Array(bytes));
    if (!looksLikeProfile(profile)) {
      throw new Failure(EXIT.data, `${file} is neither a backup nor the profile of a Tox client.`);
    }
    const passphrase =
      call.options.seal === true
        ? await chosenPassphrase(call)
        : await givenPassphrase(call.options, call.machine);
    await using session = await openOwnSession(
      call,
      directory,
      { network: false },
      { profile, ...(passphrase !== undefined && { passphrase }) },
    );
    await write(call.machine.stdout, `${session.manager.toxId}\n`);
    return EXIT.ok;
  },
};

/** The first eight bytes of a sealed Tox profile. */
const SEALED = 'toxEsave';

async function opened({ machine }: Call, backup: Uint8Array): Promise<Uint8Array> {
  if (Buffer.from(backup.subarray(0, SEALED.length)).toString('latin1') !== SEALED) return backup;
  const { env, askSecret } = machine;
  const given = env.TOX_ASYNC_BACKUP_PASSPHRASE || (await askSecret?.('Passphrase of the backup: '));
  if (given === undefined || given === '') {
    throw new ToxAsyncError(
      'ErrPassphrase',
      'The backup is sealed. Set TOX_ASYNC_BACKUP_PASSPHRASE to its passphrase.',
    );
  }
  const parts = { crypto: chooseCryptoProvider(), random: systemPlatform.random };
  return openBackup(backup, new Passphrase(parts, given));
}
