import type { Command } from '../call';
import { COMMON, NETWORK, type OptionName, OPTIONS, type OptionSpec } from './option-table';

/** The commands that never use the network themselves. */
const OFFLINE = ['init', 'id', 'status', 'backup', 'restore', 'completion'];

/** Options that a command has, its own first. */
export function optionsOf({ name, options }: Pick<Command, 'name' | 'options'>): readonly OptionName[] {
  return [...options, ...(OFFLINE.includes(name) ? [] : NETWORK), ...COMMON];
}

/** The help page of `tox-async` itself: it fits a screen of 24 lines. */
export function mainHelp(commands: readonly Command[]): string {
  const rows = commands.map(({ name, about }) => `  ${name.padEnd(11)}${about}`);
  return `Forward-secure messages over Tox, for friends who are offline too.

Usage: tox-async COMMAND [OPTIONS]     tox-async COMMAND --help

${rows.join('\n')}

Data: --data DIR, TOX_ASYNC_DATA, or ~/.local/share/tox-async. A running process
that holds it, such as Node-RED, is asked. Passphrase: TOX_ASYNC_PASSPHRASE or
--passphrase-file FILE. Network: TOX_ASYNC_PROXY, TOX_ASYNC_BOOTSTRAP.
Exit codes: 0 done, 64 usage, 65 bad data, 66 no file, 67 no such friend,
69 network, 73 exists, 74 disk, 75 later, 77 passphrase, 78 no session.
`;
}

/** The help page of one command. */
export function commandHelp(command: Command): string {
  const options = optionsOf(command).map((name) => {
    const spec: OptionSpec = OPTIONS[name];
    const left = spec.value === undefined ? `--${name}` : `--${name} ${spec.value}`;
    return `  ${left.padEnd(25)}${spec.about}`;
  });
  const usage = command.usage === '' ? '' : ` ${command.usage}`;
  const more = command.more === undefined ? '' : `${command.more}\n\n`;
  const about = command.about.charAt(0).toUpperCase() + command.about.slice(1);
  return `${about}.\n\nUsage: tox-async ${command.name}${usage}\n\n${more}${options.join('\n')}\n`;
}
