import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlMessage } from '../../lib/index';
import type { Call, Command } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { numberOption } from '../options/command-line';
import { jsonLine, textLine } from '../output/message-lines';
import { write } from '../output/streams';
import { Program } from '../session/program';
import { openSession } from '../session/open-session';

const LONGEST_S = 2_000_000;
/** How long an end after the first message waits: its sender's answer is on its way, and leaving would lose it. */
const LINGER_MS = 500;

/** Takes messages as they come. */
export const receive: Command = {
  name: 'receive',
  usage: '',
  about: 'take messages: print them, or start a program for each',
  options: ['json', 'exec', 'once', 'timeout'],
  more: `A message is erased once it is written, or once the program ended with 0; if
not, it comes again after a minute. The program gets the payload on its
standard input, and TOX_ASYNC_FRIEND, _FRIEND_NAME, _TOPIC, _KIND and _ID in its
environment. With --json, binary payloads are base64. --timeout ends it; with
--once and no message by then the exit code is 75.`,
  run: async (call) => {
    const { options, rest, machine } = call;
    if (call.words.length > 0 || (rest.length > 0 && options.exec === undefined)) {
      throw new Failure(EXIT.usage, 'Usage: tox-async receive [--exec PROGRAM [-- ARGUMENTS]]');
    }
    const timeout = numberOption(options, 'timeout', { min: 0, max: LONGEST_S });
    const end = new AbortController();
    const signal = AbortSignal.any([machine.signal, end.signal]);
    const timer = timeout === undefined ? undefined : setTimeout(() => end.abort(), timeout * 1000);
    let taken = 0;
    let failure: Error | undefined;
    const handle = handlerOf(call, signal);
    try {
      await using session = await openSession(call, { network: true, storageRole: 'friends' });
      const onMessage = async (message: ControlMessage) => {
        try {
          const isTaken = await handle(message);
          taken += isTaken ? 1 : 0;
          return isTaken;
        } catch (error) {
          // No other message would fare better.
          failure = error instanceof Error ? error : new Error(String(error));
          end.abort();
          return false;
        }
      };
      const once = options.once === true ? { once: true as const } : {};
      await session.control.ask({ ask: 'receive', ...once }, { signal, onMessage });
      if (taken > 0) await sleep(LINGER_MS, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
    }
    if (failure !== undefined) throw failure;
    return options.once === true && taken === 0 && !machine.signal.aborted ? EXIT.later : EXIT.ok;
  },
};

/** What is done with each message: false for one that is to come again. */
function handlerOf(
  { options, rest, machine, log }: Call,
  signal: AbortSignal,
): (message: ControlMessage) => Promise<boolean> {
  if (options.exec !== undefined) {
    const program = new Program({
      path: options.exec,
      arguments: rest,
      env: machine.env,
      cwd: machine.cwd,
      log,
    });
    return (message) => program.run(message, signal);
  }
  const line = options.json === true ? jsonLine : textLine;
  return async (message) => {
    await write(machine.stdout, line(message));
    return true;
  };
}
