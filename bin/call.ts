import type { Logger } from '../lib/index';
import type { CommandLine } from './options/command-line';
import type { OptionName } from './options/option-table';
import type { Machine } from './machine';
import type { ExitCode } from './exit-codes';

/** One run of a command. */
export interface Call extends CommandLine {
  /** The words after the command's name. */
  readonly words: readonly string[];
  readonly machine: Machine;
  readonly log: Logger;
}

/** What a user can tell `tox-async` to do. */
export interface Command {
  readonly name: string;
  /** What stands behind the name in a help page. */
  readonly usage: string;
  /** One line. */
  readonly about: string;
  /** Those of its own, without the ones of every command. */
  readonly options: readonly OptionName[];
  /** More to know, for its help page; lines of 78 characters at most. */
  readonly more?: string;
  /** Where its log goes: standard output for what runs as a service. */
  readonly logsToOutput?: true;
  readonly run: (call: Call) => Promise<ExitCode>;
}
