import type { Duplex } from 'node:stream';
import { ERROR_CODES, ToxAsyncError, type ErrorCode } from '../errors';
import { systemTimers } from '../platform/timers';
import { visitHolder } from '../store/directory/lock/visit-holder';
import { readLines } from './read-lines';
import type {
  Control,
  ControlAnswers,
  ControlHooks,
  ControlMessage,
  ControlRequest,
  SendAnswer,
} from './requests';
import { NOT_TAKEN, TAKEN } from './visitor';

/** Longest line of an answer, bytes: the state of a session with thousands of friends. */
const LONGEST_ANSWER = 64 * 1024 * 1024;

/** The process that holds a data directory. */
export interface Holder extends Control {
  /** Its process id, of another container's numbering when `host` is not this one's. */
  readonly pid: number;
  readonly host: string;
  /** ISO time at which it opened the directory. */
  readonly since: string;
}

/**
 * The process that holds a data directory, to be asked; undefined when none does. Only the same user's processes can
 * ask, on the same machine.
 * @param directory absolute path
 * @throws ErrIdentityInUse it does not answer; ErrInvalidArgument, ErrStore the folder cannot be used
 */
export async function findHolder(directory: string): Promise<Holder | undefined> {
  const knock = await connectTo(directory);
  if (knock === undefined) return undefined;
  knock.socket.destroy();
  const { pid, host, since } = knock.claim;
  return {
    pid,
    host,
    since,
    ask: async (request, hooks) => {
      const visit = await connectTo(directory);
      if (visit === undefined) throw ended();
      if (visit.mayBeAsked) return askOn(visit.socket, request, hooks);
      // It may be another user's program, which poses as a session to hear texts and passphrases.
      visit.socket.destroy();
      throw ended();
    },
  };
}

async function connectTo(directory: string) {
  const found = await visitHolder(directory, systemTimers);
  if (found !== 'silent') return found;
  throw new ToxAsyncError(
    'ErrIdentityInUse',
    `${directory} is in use by a process that does not answer. Try again, or stop that process.`,
  );
}

/** Asks over a stream to a process that answers as a Visitor does; the stream ends with the answer. */
export async function askOn<R extends ControlRequest>(
  stream: Duplex,
  request: R,
  { signal, onProgress, onMessage }: ControlHooks,
): Promise<ControlAnswers[R['ask']]> {
  let outcome: { answer: ControlAnswers[R['ask']] } | { error: unknown } | undefined;
  const leave = () => stream.destroy();
  signal.addEventListener('abort', leave);
  if (signal.aborted) leave();
  stream.on('error', leave);
  stream.write(`${JSON.stringify(request)}\n`);
  try {
    await readLines(stream, LONGEST_ANSWER, (text) => {
      const line = JSON.parse(text) as AnswerLine<R>;
      if ('answer' in line) outcome = { answer: line.answer };
      else if ('error' in line) outcome = { error: errorOf(line.error) };
      else if ('progress' in line) onProgress?.(line.progress);
      else void take(line.message);
    });
  } finally {
    signal.removeEventListener('abort', leave);
  }
  signal.throwIfAborted();
  if (outcome === undefined) throw ended();
  if ('error' in outcome) throw outcome.error;
  return outcome.answer;

  async function take(message: ControlMessage): Promise<void> {
    const taken = await (onMessage?.(message) ?? Promise.resolve(false)).catch(() => false);
    if (stream.writable) stream.write(`${taken ? TAKEN : NOT_TAKEN}\n`);
  }
}

/** What a process of this package says; it is ours, and of the same user. */
type AnswerLine<R extends ControlRequest> =
  | { readonly answer: ControlAnswers[R['ask']] }
  | { readonly error: { readonly code: string; readonly message: string } }
  | { readonly progress: SendAnswer }
  | { readonly message: ControlMessage };

function errorOf({ code, message }: { readonly code: string; readonly message: string }): ToxAsyncError {
  return new ToxAsyncError(code in ERROR_CODES ? (code as ErrorCode) : 'ErrRefused', message);
}

function ended(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrClosed',
    'The process that holds the data directory ended before it answered, or takes no requests. Try again, and check that nobody but you can open the folder "lock" in there.',
  );
}
