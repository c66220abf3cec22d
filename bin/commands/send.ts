import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ToxAsyncError, type ControlContent, type SendAnswer, type SendRequest } from '../../lib/index';
import type { Call, Command } from '../call';
import { EXIT, type ExitCode, Failure } from '../exit-codes';
import { choiceOption, numberOption } from '../options/command-line';
import { write } from '../output/streams';
import { openSession, triesAgain } from '../session/open-session';

/** How long a message is waited for, seconds. */
const TIMEOUT_S = 120;
const LONGEST_S = 14 * 24 * 60 * 60;

/** Sends one message. */
export const send: Command = {
  name: 'send',
  usage: 'FRIEND [TEXT | -]',
  about: 'send a message, and wait until it is stored or delivered',
  options: ['file', 'topic', 'wait', 'timeout', 'expires', 'replaces', 'json'],
  more: `Without TEXT, or with -, the standard input is sent: as text if it is UTF-8.
Exit code 75: it is not there after --timeout (120 s). It waits in the data
directory, and goes on its way while any tox-async command or Node-RED runs.`,
  run: async (call) => {
    const request = await requestOf(call);
    const { stdout, signal } = call.machine;
    const answer = await ask(call, request);
    const isJson = call.options.json === true;
    await write(stdout, isJson ? `${JSON.stringify(answer)}\n` : `${inWords(answer)}\n`);
    return exitCodeFor(answer, request, signal.aborted);
  },
};

/** Another command that holds the directory may end just then: as long as it did not take the message, we ask again. */
async function ask(call: Call, request: SendRequest): Promise<SendAnswer> {
  const { signal } = call.machine;
  let latest: SendAnswer | undefined;
  for (let attempt = 1; ; attempt += 1) {
    await using session = await openSession(call, { network: request.until !== 'queued' });
    try {
      return await session.control.ask(request, { signal, onProgress: (progress) => (latest = progress) });
    } catch (error) {
      if (!ToxAsyncError.is(error, 'ErrClosed')) throw error;
      if (latest !== undefined) return { ...latest, timedOut: true };
      if (!(await triesAgain(attempt))) throw error;
    }
  }
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
  return {
    ask: 'send',
    friend,
    ...(options.topic !== undefined && { topic: options.topic }),
    ...(options.replaces !== undefined && { replaces: options.replaces }),
    ...(lifetime !== undefined && { lifetime }),
    until: choiceOption('--wait', options.wait, ['stored', 'delivered', 'queued'], 'stored'),
    timeout: numberOption(options, 'timeout', { min: 0, max: LONGEST_S }) ?? TIMEOUT_S,
    content: await contentOf(call, texts[0]),
  };
}

async function contentOf({ options, machine }: Call, text: string | undefined): Promise<ControlContent> {
  if (options.file !== undefined) {
    const bytes = await readFile(path.resolve(machine.cwd, options.file)).catch((error: unknown) => {
      throw new Failure(EXIT.noInput, `The file cannot be read: ${String(error)}`);
    });
    return { base64: bytes.toString('base64') };
  }
  if (text !== undefined && text !== '-') return { text };
  const chunks: Uint8Array[] = [];
  for await (const chunk of machine.stdin) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { base64: bytes.toString('base64') };
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

function exitCodeFor(answer: SendAnswer, { until }: SendRequest, interrupted: boolean): ExitCode {
  if (answer.state === 'delivered' || answer.state === until) return EXIT.ok;
  if (answer.timedOut === true || interrupted) return EXIT.later;
  return EXIT.unavailable;
}
