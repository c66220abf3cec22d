import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { ToxAsyncError, type ControlContent, type SendAnswer, type SendRequest } from '../../lib/index';
import type { Call, Command } from '../call';
import { EXIT, type ExitCode, Failure } from '../exit-codes';
import { assertNoNetworkOptions, choiceOption, numberOption } from '../options/command-line';
import { namedFile } from '../options/named-file';
import { jsonOf, write } from '../output/streams';
import { openSession, triesAgain } from '../session/open-session';

/** How long a message is waited for, seconds. */
const TIMEOUT_S = 120;
const LONGEST_S = 14 * 24 * 60 * 60;
const KINDS = ['text', 'action', 'json', 'binary'] as const;

/** Sends one message. */
export const send: Command = {
  name: 'send',
  usage: 'FRIEND [TEXT | -]',
  about: 'send a message, and wait until it is stored or delivered',
  options: [
    'file',
    'as',
    'topic',
    'wait',
    'timeout',
    'expires',
    'overdue-after',
    'replaces',
    'urgent',
    'json',
  ],
  more: `Without TEXT, or with -, the standard input is sent: as text if it is UTF-8;
of --file the bytes. --as says otherwise.
Exit code 75: it is not there after --timeout (120 s). It waits in the data
directory, and goes on its way while serve, receive, send or Node-RED runs.`,
  run: async (call) => {
    const request = await requestOf(call);
    if (request.until === 'queued') assertNoNetworkOptions('"tox-async send --wait queued"', call.options);
    const { stdout, signal } = call.machine;
    const answer = await ask(call, request);
    const isJson = call.options.json === true;
    await write(stdout, isJson ? `${jsonOf(answer)}\n` : `${inWords(answer)}\n`);
    return exitCodeFor(answer, request, signal.aborted);
  },
};

/**
 * Another process that holds the directory may end before it answers: then we ask again, and its id makes it the same
 * message.
 */
async function ask(call: Call, request: SendRequest): Promise<SendAnswer> {
  const { signal } = call.machine;
  const end = performance.now() + request.timeout * 1000;
  let latest: SendAnswer | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await askOnce(call, request, end, (progress) => (latest = progress));
    } catch (error) {
      if (!signal.aborted && !ToxAsyncError.is(error, 'ErrClosed')) throw error;
      const goesOn = !signal.aborted && performance.now() < end && (await triesAgain(attempt));
      if (goesOn) continue;
      if (latest === undefined) throw error;
      return { ...latest, timedOut: true };
    }
  }
}

/**
 * A function of its own: esbuild, which runs our sources in tests, carries the error of one round of a loop into the
 * `using` of the next.
 * @param end when the answer is no longer waited for, by performance.now()
 */
async function askOnce(
  call: Call,
  request: SendRequest,
  end: number,
  onProgress: (progress: SendAnswer) => void,
): Promise<SendAnswer> {
  await using session = await openSession(call, { network: request.until !== 'queued' });
  const timeout = Math.max(0, (end - performance.now()) / 1000);
  const { signal } = call.machine;
  return await session.control.ask({ ...request, timeout }, { signal, onProgress });
}

async function requestOf(call: Call): Promise<SendRequest> {
  const { options } = call;
  const [friend, ...texts] = call.words;
  if (friend === undefined || texts.length > 1 || (texts.length === 1 && options.file !== undefined)) {
    throw new Failure(
      EXIT.usage,
      `Usage: tox-async send ${send.usage}${texts.length > 1 ? ' (put the text in quotes)' : ''}`,
    );
  }
  const lifetime = numberOption(options, 'expires', { min: 1, max: LONGEST_S });
  const overdueAfter = numberOption(options, 'overdue-after', { min: 1, max: LONGEST_S });
  return {
    ask: 'send',
    friend,
    messageId: randomBytes(32).toString('hex'),
    ...(options.urgent === true && { urgent: true as const }),
    ...(overdueAfter !== undefined && { overdueAfter }),
    ...(options.topic !== undefined && { topic: options.topic }),
    ...(options.replaces !== undefined && { replaces: options.replaces }),
    ...(lifetime !== undefined && { lifetime }),
    until: choiceOption('--wait', options.wait, ['stored', 'delivered', 'queued'], 'stored'),
    timeout: numberOption(options, 'timeout', { min: 0, max: LONGEST_S }) ?? TIMEOUT_S,
    content: await contentOf(call, texts[0]),
  };
}

async function contentOf({ options, machine }: Call, text: string | undefined): Promise<ControlContent> {
  const kind = options.as === undefined ? undefined : choiceOption('--as', options.as, KINDS, 'text');
  const bytes = await bytesOf(machine, options.file, text);
  const wholeText = isUtf8(bytes) ? bytes.toString('utf8') : undefined;
  const isText = options.file === undefined && wholeText !== undefined;
  switch (kind ?? (isText ? 'text' : 'binary')) {
    case 'binary':
      return { base64: bytes.toString('base64') };
    case 'json':
      return { json: jsonIn(asText(wholeText)) };
    case 'action':
      return { text: asText(wholeText), action: true };
    case 'text':
      return { text: asText(wholeText) };
  }
}

async function bytesOf(
  { cwd, stdin }: Call['machine'],
  file: string | undefined,
  text: string | undefined,
): Promise<Buffer> {
  if (file !== undefined) return namedFile({ cwd }, file, 'The file');
  if (text !== undefined && text !== '-') return Buffer.from(text);
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function asText(text: string | undefined): string {
  if (text !== undefined) return text;
  throw new Failure(EXIT.data, 'This is not UTF-8 text. Send it with --as binary.');
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure(
      EXIT.data,
      `This is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function inWords({ state, reason, code, nodes, wanted, timedOut }: SendAnswer): string {
  const why = [reason, code].filter((each) => each !== undefined).join(', ');
  const because = why === '' ? '' : ` (${why})`;
  switch (state) {
    case 'stored':
      return `stored on ${nodes ?? 0} of ${wanted ?? 0} storage nodes${timedOut ? ', not delivered yet' : ''}${because}`;
    case 'queued':
    case 'overdue':
      return `queued: it waits here${because}`;
    default:
      return `${state}${because}`;
  }
}

const IN_OUTBOX: readonly SendAnswer['state'][] = ['queued', 'overdue', 'stored'];

function exitCodeFor(answer: SendAnswer, { until }: SendRequest, interrupted: boolean): ExitCode {
  if (answer.state === 'delivered' || answer.state === until) return EXIT.ok;
  if (until === 'queued' && IN_OUTBOX.includes(answer.state)) return EXIT.ok;
  if (answer.timedOut === true || interrupted) return EXIT.later;
  return EXIT.unavailable;
}
