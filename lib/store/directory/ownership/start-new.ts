import type { ToxAsyncError } from '../../../errors';
import type { Logger } from '../../../types';
import { isLost, lostError } from '../../store-errors';

/** The parts of a data directory that can be started new when they are lost. */
export type LostPart = 'identity' | 'store' | 'vault.key';

/** Digits of a part's id in its word. */
const DIGITS = 8;

/**
 * The word by which a user chooses to start a lost part new. It bears the id of what is lost, so that one choice never
 * holds for a later loss.
 * @param id in hex
 */
export function startNewWord(part: LostPart, id: string): string {
  return `${part}-${id.slice(0, DIGITS)}`;
}

/** The name that a file gets when its part is started new. */
export function asideName(file: string, id: string): string {
  return `${file}.old-${id.slice(0, DIGITS)}`;
}

export interface StartNewChoice {
  readonly part: LostPart;
  /** Of what is lost, in hex; undefined: the directory never had it, so it cannot be lost. */
  readonly id: string | undefined;
  /** The word that the user gave. */
  readonly given: string | undefined;
  readonly log: Logger;
  /** What is lost with it, to end "To start new ...". */
  readonly without: string;
}

/**
 * Whether the user chose to start new what `error` calls lost; then that is logged.
 * @throws `error`, with the word to give when it says that a part is lost
 */
export function chooseStartNew(error: unknown, choice: StartNewChoice): void {
  const { part, id, given, log, without } = choice;
  if (!isLost(error) || id === undefined) throw error;
  const word = startNewWord(part, id);
  if (given?.trim() !== word) throw withAdvice(error, word, without);
  log.warn(`Starting new ${without}, as chosen by ${word}: ${error.message}`);
}

function withAdvice(error: ToxAsyncError, word: string, without: string): ToxAsyncError {
  const advice = `To start new ${without}, set "Start new" (the option startNew) to ${word}.`;
  return lostError(error.code, `${error.message} ${advice}`, error);
}
