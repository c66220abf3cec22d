import type { Command } from '../call';
import { COMMON, NETWORK, type OptionName, OPTIONS, type OptionSpec } from './option-table';

/** The commands that never use the network themselves. */
const OFFLINE = ['id', 'cancel', 'cell', 'fleet', 'status', 'backup', 'restore', 'completion'];

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
The log is text; --log json or TOX_ASYNC_LOG make it JSON.
Exit codes: 0 done, 64 usage, 65 bad data, 66 no file, 67 no such friend,
69 network, 73 exists, 74 disk, 75 later, 77 passphrase, 78 no session.
`;
}

function withValue(name: OptionName): string {
  const spec: OptionSpec = OPTIONS[name];
  return spec.value === undefined ? `--${name}` : `--${name} ${spec.value}`;
}

/** The help page of one command. What every command has, the page of `tox-async` itself explains. */
export function commandHelp(command: Command): string {
  const own = optionsOf(command).filter((name) => !COMMON.includes(name));
  const options = own.map((name) => `  ${withValue(name).padEnd(25)}${OPTIONS[name].about}`);
  options.push(`  ${COMMON.map(withValue).join(', ')}`);
  const usage = command.usage === '' ? '' : ` ${command.usage}`;
  const more = command.more === undefined ? '' : `${command.more}\n\n`;
  const about = command.about.charAt(0).toUpperCase() + command.about.slice(1);
  return `${about}.\n\nUsage: tox-async ${command.name}${usage}\n\n${more}${options.join('\n')}\n`;
}
