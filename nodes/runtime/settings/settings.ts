/**
 * Reading of a dialog's settings. A value is what was typed or chosen, or comes from the environment (`${NAME}`, put in
 * by the runtime, always text). A variable that is not set is ErrEnvironment, any other fault ErrNotConfigured.
 */
import { ToxAsyncError } from '../../../lib/index';
import { choiceOf, flagOf, isBlank, numberOf, textOf } from './setting-values';

/**
 * The setting as `read` makes it.
 * @param what the field, as a sentence begins
 * @throws ErrEnvironment, ErrNotConfigured, and what else `read` throws
 */
export function setting<T>(value: unknown, what: string, read: (value: unknown, what: string) => T): T {
  if (typeof value === 'string') checkVariable(value.trim(), what);
  try {
    return read(value, what);
  } catch (error) {
    if (!ToxAsyncError.is(error, 'ErrInvalidArgument')) throw error;
    throw new ToxAsyncError('ErrNotConfigured', error.message, { cause: error });
  }
}

/** A line of text without blanks around it; '' when there is none. */
export function settingText(value: unknown, what: string): string {
  return setting(value, what, textOf);
}

/** The path of a file or folder; '' when there is none. A variable inside a path is not replaced by Node-RED. */
export function settingPath(value: unknown, what: string): string {
  const text = settingText(value, what);
  const [variable] = /\$\{[^}]*\}/.exec(text) ?? [];
  if (variable === undefined) return text;
  throw new ToxAsyncError(
    'ErrNotConfigured',
    `${what} cannot hold ${variable} among other text: Node-RED replaces a variable only when it is the whole value.`,
  );
}

/** A secret, blanks and all; '' when there is none. The error does not show it. */
export function settingSecret(value: unknown, what: string): string {
  return setting(value, what, () => {
    if (value === undefined || value === null) return '';
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
    throw new ToxAsyncError('ErrInvalidArgument', `${what} must be text.`);
  });
}

/** One of `choices`, or `otherwise` when blank. */
export function settingChoice<T extends string>(
  value: unknown,
  choices: readonly T[],
  otherwise: T,
  what: string,
): T {
  return setting(value, what, () => choiceOf(value, choices, otherwise, what));
}

/** One of `choices`; undefined when blank: the message may say it. */
export function optionalChoice<T extends string>(
  value: unknown,
  choices: readonly [T, ...T[]],
  what: string,
): T | undefined {
  return isBlank(value) ? undefined : settingChoice(value, choices, choices[0], what);
}

/** A checkbox, also written as text; off when blank. */
export function settingFlag(value: unknown, what: string): boolean {
  return setting(value, what, flagOf);
}

/** A number, also written as text, within bounds; `otherwise` when blank. */
export function settingNumber(
  value: unknown,
  bounds: { readonly min: number; readonly max: number; readonly otherwise: number },
  what: string,
): number {
  return setting(value, what, () => numberOf(value, bounds, what));
}

/** The runtime leaves `${NAME}` as it is where there is no such variable. */
function checkVariable(text: string, what: string): void {
  const name = /^\$\{([^}]+)\}$/.exec(text)?.[1];
  if (name === undefined) return;
  throw new ToxAsyncError(
    'ErrEnvironment',
    `Variable ${name} is not set. ${what} takes its value from this environment variable: set it where Node-RED is started.`,
  );
}
