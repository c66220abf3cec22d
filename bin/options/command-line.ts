import { parseArgs } from 'node:util';
import { EXIT, Failure } from '../exit-codes';
import { NETWORK, type OptionName, OPTIONS, type Options } from './option-table';

/** A command line, read. */
export interface CommandLine {
  readonly words: readonly string[];
  readonly options: Options;
  /** What follows `--`. */
  readonly rest: readonly string[];
}

/** @throws Failure an option that does not exist, or without its value */
export function readCommandLine(args: readonly string[]): CommandLine {
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  const rest = end < 0 ? [] : args.slice(end + 1);
  try {
    const { values, positionals } = parseArgs({
      // A single dash stands for the standard input.
      args: [...own],
      options: OPTIONS,
      allowPositionals: true,
      strict: true,
    });
    return { words: positionals, options: values, rest };
  } catch (error) {
    const text = error instanceof Error ? (error.message.split(/\.\s/)[0] ?? '') : String(error);
    throw new Failure(EXIT.usage, `${text}. See "tox-async --help".`);
  }
}

/** @throws Failure an option was given that this command does not have */
export function assertOptions(command: string, given: Options, allowed: readonly OptionName[]): void {
  const names = Object.keys(given) as OptionName[];
  const wrong = names.find((name) => !allowed.includes(name));
  if (wrong === undefined) return;
  throw new Failure(
    EXIT.usage,
    `"tox-async ${command}" has no option --${wrong}. See "tox-async ${command} --help".`,
  );
}

/**
 * For what a command does without the network: somebody who gives it a proxy expects a connection.
 * @param what the command, such as '"tox-async id"'
 * @throws Failure a network option was given
 */
export function assertNoNetworkOptions(what: string, given: Options): void {
  const name = NETWORK.find((each) => given[each] !== undefined);
  if (name === undefined) return;
  throw new Failure(
    EXIT.usage,
    `${what} does not connect. Leave --${name} out here, and give it to a command that does, such as "tox-async serve".`,
  );
}

/** @throws Failure it is no number within the bounds */
export function numberOption(
  options: Options,
  name: 'timeout' | 'expires' | 'overdue-after' | 'cap' | 'port' | 'metrics' | 'friends-cap' | 'standbys',
  { min, max, whole }: { readonly min: number; readonly max: number; readonly whole?: true },
): number | undefined {
  const text = options[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  const isFine = value >= min && value <= max && (whole !== true || Number.isInteger(value));
  if (text.trim() !== '' && isFine) return value;
  throw new Failure(
    EXIT.usage,
    `--${name} must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}, not "${text}".`,
  );
}

/** @throws Failure it is none of these */
export function choiceOption<C extends string>(
  name: string,
  text: string | undefined,
  choices: readonly C[],
  otherwise: C,
): C {
  if (text === undefined) return otherwise;
  const chosen = choices.find((choice) => choice === text);
  if (chosen !== undefined) return chosen;
  throw new Failure(EXIT.usage, `${name} must be ${choices.join(' or ')}, not "${text}".`);
}
