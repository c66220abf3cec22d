import type { Logger } from '../../lib/index';
import { EXIT, Failure } from '../exit-codes';
import type { Output } from '../machine';

/** Resolves when the text is written. @throws Failure whoever reads it has gone */
export function write(output: Output, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(text, (error) => {
      if (error) reject(new Failure(EXIT.disk, `The output cannot be written: ${error.message}`));
      else resolve();
    });
  });
}

/** What people of other places wrote, so that it moves no cursor and hides nothing on a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (each) =>
    each === '\n' || each === '\t' ? each : '\ufffd',
  );
}

/** JSON of one line for programs, of which a terminal that shows it obeys nothing. */
export function jsonOf(value: unknown): string {
  return harmlessJson(JSON.stringify(value));
}

/** The same JSON. JSON.stringify, and whoever wrote JSON elsewhere, leave in it what some terminals obey. */
export function harmlessJson(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The lines of a text below its first one stand in, so that none looks like an entry of its own. */
export function standingIn(text: string): string {
  return text.replaceAll('\n', '\n  ');
}

export type LogForm = 'text' | 'json';

/** Says what happens, one line each, as text or JSON; without what only developers want. */
export function logTo(output: Output, form: LogForm, now: () => Date = () => new Date()): Logger {
  const say = (level: string, text: string) => {
    const time = now().toISOString();
    const line =
      form === 'json' ? jsonOf({ time, level, text }) : `${time} ${level} ${standingIn(printable(text))}`;
    // A log that nobody reads any more ends no program.
    output.write(`${line}\n`, () => undefined);
  };
  return {
    debug: () => undefined,
    info: (text) => say('info', text),
    warn: (text) => say('warning', text),
    error: (text) => say('error', text),
  };
}
