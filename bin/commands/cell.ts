import { formatCellUri, makeJoinToken, parseCellUri, readJoinToken, systemPlatform } from '../../lib/index';
import type { Command } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { write } from '../output/streams';

const USAGE = 'Usage: tox-async cell [token | uri TOKEN COLLECTOR[,NODE…] … | show URI]';

/** Makes what devices need to join a cell. */
export const cell: Command = {
  name: 'cell',
  usage: 'token | uri TOKEN COLLECTOR[,NODE…] … | show URI',
  about: 'make a token and a URI by which devices join collectors',
  options: [],
  more: `  token                   a new token: give it to "serve --join-tokens" of the
                          collectors and their storage nodes, in a file
  uri TOKEN CELL …        the URI for devices; a CELL is the Tox ID of a
                          collector and those of its nodes, with commas between
  show URI                the cells in a URI, without its token
The URI holds the token: who reads it may join. See docs/FLEET.md.`,
  run: async (call) => {
    const [action, ...words] = call.words;
    await write(call.machine.stdout, textOf(action, words));
    return EXIT.ok;
  },
};

function textOf(action: string | undefined, words: readonly string[]): string {
  const [first, ...others] = words;
  if (action === 'token' && first === undefined) return `${makeJoinToken(systemPlatform.random)}\n`;
  if (action === 'uri' && first !== undefined && others.length > 0) {
    const cells = others.map((each) => {
      const [collector = '', ...nodes] = each.split(',');
      return { collector, nodes };
    });
    return `${formatCellUri({ token: readJoinToken(first), cells })}\n`;
  }
  if (action === 'show' && first !== undefined && others.length === 0) {
    const { cells } = parseCellUri(first);
    return cells.map(({ collector, nodes }) => `${[collector, ...nodes].join(',')}\n`).join('');
  }
  throw new Failure(EXIT.usage, USAGE);
}
