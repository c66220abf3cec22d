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

export type LogForm = 'text' | 'json';

/** Says what happens, one line each, as text or JSON; without what only developers want. */
export function logTo(output: Output, form: LogForm, now: () => Date = () => new Date()): Logger {
  const say = (level: string, text: string) => {
    const time = now().toISOString();
    const line =
      form === 'json' ? JSON.stringify({ time, level, text }) : `${time} ${level} ${printable(text)}`;
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
