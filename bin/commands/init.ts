import { recordedIdentity, systemPlatform } from '../../lib/index';
import type { Call, Command } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { dataDirectory } from '../options/data-directory';
import { write } from '../output/streams';
import { openOwnSession } from '../session/open-session';

/** Makes a session. */
export const init: Command = {
  name: 'init',
  usage: '',
  about: 'make an identity, and print its Tox ID',
  options: ['seal'],
  run: async (call) => {
    const directory = await newDirectory(call);
    const passphrase = call.options.seal === true ? await chosenPassphrase(call) : undefined;
    await using session = await openOwnSession(
      call,
      directory,
      { network: false },
      passphrase === undefined ? {} : { passphrase },
    );
    await write(call.machine.stdout, `${session.manager.toxId}\n`);
    return EXIT.ok;
  },
};

/** The data directory, which has no session yet. @throws Failure */
export async function newDirectory({ options, machine }: Call): Promise<string> {
  const directory = dataDirectory(options, machine);
  if ((await recordedIdentity(systemPlatform.disk, directory)) === undefined) return directory;
  throw new Failure(
    EXIT.cannotCreate,
    `${directory} has a session already. Choose another directory with --data.`,
  );
}

/** Asks a person for a new passphrase, twice. @throws Failure */
export async function chosenPassphrase({ machine }: Pick<Call, 'machine'>): Promise<string> {
  if (machine.askSecret === undefined) {
    throw new Failure(
      EXIT.noPermission,
      'There is no terminal to ask for a passphrase. Set TOX_ASYNC_PASSPHRASE, or use --passphrase-file.',
    );
  }
  const passphrase = await machine.askSecret('New passphrase: ');
  if (passphrase === '') throw new Failure(EXIT.noPermission, 'The passphrase is empty.');
  if ((await machine.askSecret('The same again: ')) === passphrase) return passphrase;
  throw new Failure(EXIT.noPermission, 'The two passphrases are not the same.');
}
