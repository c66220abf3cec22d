import { COMMANDS } from './commands/index';
import { EXIT, type ExitCode, exitCodeOf, Failure } from './exit-codes';
import type { Machine } from './machine';
import { assertOptions, choiceOption, type CommandLine, readCommandLine } from './options/command-line';
import { commandHelp, mainHelp, optionsOf } from './options/help';
import { logTo, printable, write } from './output/streams';
import { packageVersion } from './package-version';

/** Runs one command line. Never rejects: what is wrong is said on the standard error, and by the exit code. */
export async function runCommandLine(args: readonly string[], machine: Machine): Promise<ExitCode> {
  try {
    return await run(readCommandLine(args), machine);
  } catch (error) {
    const exitCode = exitCodeOf(error);
    // The user knows that they ended it. What failed then may be a process of ours that got the signal too.
    const isEnded = machine.signal.aborted && (error === machine.signal.reason || exitCode !== EXIT.software);
    if (isEnded) return EXIT.later;
    const text = error instanceof Error ? error.message : String(error);
    // A fault of ours is of use only with the place where it happened.
    const more = exitCode === EXIT.software && error instanceof Error ? `\n${error.stack ?? ''}` : '';
    await write(machine.stderr, `tox-async: ${printable(text + more)}\n`).catch(() => undefined);
    return exitCode;
  }
}

async function run(line: CommandLine, machine: Machine): Promise<ExitCode> {
  const { options } = line;
  const [name, ...words] = line.words;
  const command = COMMANDS.find((each) => each.name === name);
  if (name !== undefined && command === undefined) {
    throw new Failure(EXIT.usage, `There is no command "${name}". See "tox-async --help".`);
  }
  if (options.help === true) {
    await write(machine.stdout, command === undefined ? mainHelp(COMMANDS) : commandHelp(command));
    return EXIT.ok;
  }
  if (options.version === true) {
    await write(machine.stdout, `${packageVersion()}\n`);
    return EXIT.ok;
  }
  if (command === undefined) {
    await write(machine.stderr, mainHelp(COMMANDS));
    return EXIT.usage;
  }
  assertOptions(command.name, options, optionsOf(command));
  const form = choiceOption('--log', options.log ?? machine.env.TOX_ASYNC_LOG, ['text', 'json'], 'text');
  const log = logTo(command.logsToOutput === true ? machine.stdout : machine.stderr, form);
  return command.run({ ...line, words, machine, log: command.logsToOutput ? log : quieter(log) });
}

/** What goes well is nothing to say in the log of a command that ends by itself. */
function quieter(log: ReturnType<typeof logTo>): ReturnType<typeof logTo> {
  return { ...log, info: () => undefined };
}
