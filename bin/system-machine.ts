import { homedir } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { EXIT } from './exit-codes';
import type { Machine } from './machine';
import { connectByToxcore } from './session/tox-network';

/** After a signal everything has this long to end, milliseconds; what is left the next start finishes. */
export const END_MS = 1800;

/** This process: its streams and signals, and the real Tox network. */
export function systemMachine(): Machine {
  const end = new AbortController();
  const onSignal = () => {
    // The second time a person is in a hurry.
    if (end.signal.aborted) process.exit(EXIT.later);
    end.abort();
    setTimeout(() => process.exit(EXIT.later), END_MS).unref();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
  // Whoever writes hears of it by the callback; without a listener it would end the process.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  const { stdin, stdout, stderr } = process;
  return {
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    stdin,
    stdout,
    stderr,
    signal: end.signal,
    connect: connectByToxcore,
    ...(stdin.isTTY && { askSecret: (question: string) => askSecret(question, end.signal) }),
  };
}

/** Reads a line from the terminal that shows nothing of it. */
async function askSecret(question: string, signal: AbortSignal): Promise<string> {
  process.stderr.write(question);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: true });
  lines.once('SIGINT', () => process.emit('SIGINT'));
  try {
    return await lines.question('', { signal });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
