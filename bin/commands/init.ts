import {
  type CellInvitation,
  chooseCryptoProvider,
  joinRequests,
  parseCellUri,
  recordedIdentity,
  systemPlatform,
} from '../../lib/index';
import type { Call, Command } from '../call';
import { EXIT, type ExitCode, Failure } from '../exit-codes';
import { assertNoNetworkOptions } from '../options/command-line';
import { dataDirectory, PASSPHRASE_WAYS } from '../options/data-directory';
import { cellUriFrom } from '../options/secret-input';
import { write } from '../output/streams';
import { openOwnSession, openSession } from '../session/open-session';

/** Makes a session. */
export const init: Command = {
  name: 'init',
  usage: '',
  about: 'make an identity, and print its Tox ID',
  options: ['seal', 'join'],
  more: `With --join FILE, which holds what "cell uri" printed (-: standard input), it
also asks the collector that is this device's, and the storage nodes of that
cell, to be friends: "collector", "node-1" and so on. "serve" goes on asking
until they accept. --join on a session that is there already joins it.`,
  run: async (call) => {
    const { join } = call.options;
    if (join === undefined) {
      assertNoNetworkOptions('"tox-async init" without --join', call.options);
      return make(call);
    }
    const invitation = parseCellUri(await cellUriFrom(call, join));
    const isThere =
      (await recordedIdentity(systemPlatform.disk, dataDirectory(call.options, call.machine))) !== undefined;
    if (!isThere) {
      const made = await make(call);
      if (made !== EXIT.ok) return made;
    }
    return joinCell(call, invitation);
  },
};

async function make(call: Call): Promise<ExitCode> {
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
}

/** @throws what asking throws: called again, it goes on */
async function joinCell(call: Call, invitation: CellInvitation): Promise<ExitCode> {
  const { signal, stderr } = call.machine;
  await using session = await openSession(call, { network: true });
  const { publicKey } = await session.control.ask({ ask: 'identity' }, { signal });
  const device = new Uint8Array(Buffer.from(publicKey, 'hex'));
  for (const { toxId, name, text } of joinRequests(chooseCryptoProvider(), device, invitation)) {
    await session.control.ask({ ask: 'add-friend', toxId, name, greeting: text }, { signal });
    await write(stderr, `Asked ${name}: ${toxId}\n`);
  }
  return EXIT.ok;
}

/** The data directory, which has no session yet. @throws Failure */
export async function newDirectory({ options, machine }: Call): Promise<string> {
  const directory = dataDirectory(options, machine);
  if ((await recordedIdentity(systemPlatform.disk, directory)) === undefined) return directory;
  throw new Failure(
    EXIT.cannotCreate,
    `${directory} has a session already. Choose another directory with --data.`,
  );
}

/**
 * Asks a person for a new passphrase, twice.
 * @param otherwise what to do where there is nobody to ask: a sentence
 * @throws Failure
 */
export async function chosenPassphrase(
  { machine }: Pick<Call, 'machine'>,
  otherwise: string = PASSPHRASE_WAYS,
): Promise<string> {
  if (machine.askSecret === undefined) {
    throw new Failure(EXIT.noPermission, `There is no terminal to ask for a passphrase. ${otherwise}`);
  }
  const passphrase = await machine.askSecret('New passphrase: ');
  if (passphrase === '') throw new Failure(EXIT.noPermission, 'The passphrase is empty.');
  if ((await machine.askSecret('The same again: ')) === passphrase) return passphrase;
  throw new Failure(EXIT.noPermission, 'The two passphrases are not the same.');
}
