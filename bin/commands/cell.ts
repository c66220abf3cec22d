import {
  formatCellUri,
  joinTokenHolds,
  makeJoinToken,
  parseCellUri,
  readJoinToken,
  readJoinTokens,
  systemPlatform,
} from '../../lib/index';
import type { Call, Command } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { cellUriFrom, secretFile } from '../options/secret-input';
import { write } from '../output/streams';

const USAGE = 'Usage: tox-async cell token | uri COLLECTOR[,NODE…] … | show FILE';

/** Makes what devices need to join a cell. */
export const cell: Command = {
  name: 'cell',
  usage: 'token | uri COLLECTOR[,NODE…] … | show FILE',
  about: 'make a token and a URI by which devices join collectors',
  options: ['join-tokens'],
  more: `  token      a new token; put it into a file, for "serve --join-tokens" of the
             collectors and their storage nodes
  uri CELL … the URI for devices; a CELL is the Tox ID of a collector and those
             of its nodes, with commas between. The token is the last one in
             the file of --join-tokens that still holds, that of
             TOX_ASYNC_JOIN_TOKEN, or asked for
  show FILE  the cells in the URI of this file (-: standard input), no token
The URI holds the token: anyone who reads it may join. See docs/FLEET.md.`,
  run: async (call) => {
    await write(call.machine.stdout, await textOf(call));
    return EXIT.ok;
  },
};

async function textOf(call: Call): Promise<string> {
  const [action, first, ...others] = call.words;
  if (action === 'token' && first === undefined) return `${makeJoinToken(systemPlatform.random)}\n`;
  if (action === 'uri' && first !== undefined) {
    const cells = [first, ...others].map((each) => {
      const [collector = '', ...nodes] = each.split(',');
      return { collector, nodes };
    });
    return `${formatCellUri({ token: await joinToken(call), cells })}\n`;
  }
  if (action === 'show' && first !== undefined && others.length === 0) {
    const { cells } = parseCellUri(await cellUriFrom(call, first));
    return cells.map(({ collector, nodes }) => `${[collector, ...nodes].join(',')}\n`).join('');
  }
  throw new Failure(EXIT.usage, USAGE);
}

/** @throws Failure there is none; ErrInvalidArgument it is no token */
async function joinToken(call: Call): Promise<Uint8Array> {
  const { env, askSecret } = call.machine;
  const file = call.options['join-tokens'];
  if (file !== undefined) {
    const tokens = readJoinTokens(await secretFile(call, file));
    const newest = tokens.findLast((each) => joinTokenHolds(each, systemPlatform.clock.wall()));
    if (newest !== undefined) return newest.token;
    const why =
      tokens.length === 0 ? `There is no token in ${file}.` : `The date of each token in ${file} is over.`;
    throw new Failure(EXIT.noInput, `${why} Make one with "tox-async cell token", and add it to the file.`);
  }
  const given = env.TOX_ASYNC_JOIN_TOKEN || (await askSecret?.('Join token: '));
  if (given !== undefined && given !== '') return readJoinToken(given.trim());
  throw new Failure(
    EXIT.noPermission,
    'The token is missing. Use --join-tokens FILE or TOX_ASYNC_JOIN_TOKEN.',
  );
}
