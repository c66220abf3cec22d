import { spawn } from 'node:child_process';
import type { ControlMessage, Logger } from '../../lib/index';
import { EXIT, Failure } from '../exit-codes';

/** What must not reach a program that strangers' messages start. */
const SECRETS = [
  'TOX_ASYNC_PASSPHRASE',
  'TOX_ASYNC_PASSPHRASE_FILE',
  'TOX_ASYNC_BACKUP_PASSPHRASE',
  'TOX_ASYNC_JOIN_TOKEN',
];

export interface ProgramOptions {
  readonly path: string;
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly log: Pick<Logger, 'warn'>;
}

/** A program that is started for each message, without a shell: nothing of a message is ever read as a command. */
export class Program {
  readonly #o: ProgramOptions;

  constructor(options: ProgramOptions) {
    this.#o = options;
  }

  /**
   * Resolves when it has ended: true with exit code 0.
   * @param signal ends it
   * @throws Failure it cannot be started
   */
  run(message: ControlMessage, signal: AbortSignal): Promise<boolean> {
    const { path, log, cwd } = this.#o;
    return new Promise((resolve, reject) => {
      const child = spawn(path, this.#o.arguments, {
        cwd,
        env: environmentFor(message, this.#o.env),
        stdio: ['pipe', 'inherit', 'inherit'],
        signal,
      });
      child.once('error', (error) => {
        if (signal.aborted) resolve(false);
        else reject(new Failure(EXIT.config, `The program cannot be started: ${error.message}`));
      });
      child.once('exit', (code, killedBy) => {
        if (code !== 0) {
          log.warn(`${path} ended with ${code ?? killedBy ?? 'an error'}: the message comes again.`);
        }
        resolve(code === 0);
      });
      // A program that does not read its input to the end is none the worse.
      child.stdin.on('error', () => undefined);
      child.stdin.end(payloadOf(message));
    });
  }
}

function payloadOf({ text, base64, jsonText }: ControlMessage): Buffer {
  return base64 === undefined ? Buffer.from(text ?? jsonText ?? '') : Buffer.from(base64, 'base64');
}

function environmentFor(
  { friend, friendName, topic, kind, messageId, sentAt, via }: ControlMessage,
  env: ProgramOptions['env'],
): Record<string, string> {
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || SECRETS.includes(name) ? [] : [[name, value]],
  );
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    TOX_ASYNC_FRIEND: friend,
    TOX_ASYNC_FRIEND_NAME: friendName ?? '',
    TOX_ASYNC_TOPIC: topic ?? '',
    TOX_ASYNC_KIND: kind,
    TOX_ASYNC_ID: messageId,
    TOX_ASYNC_VIA: via,
    TOX_ASYNC_SENT_AT: sentAt === undefined ? '' : new Date(sentAt).toISOString(),
  };
}
