import { setTimeout } from 'node:timers/promises';
import type { AsyncManager } from '../../lib/index';
import type { Command } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { numberOption } from '../options/command-line';
import { jsonOf, printable, write } from '../output/streams';
import { openSession } from '../session/open-session';

/** How long the network has to come up, seconds. */
const TIMEOUT_S = 20;
/** Friends and nodes have this long to answer after that, milliseconds, or half of the timeout. */
const SETTLE_MS = 5000;

/** Says in words why messages would not go out. */
export const doctor: Command = {
  name: 'doctor',
  usage: '[FRIEND]',
  about: 'say why a message would not go out now, or that it would',
  options: ['json', 'timeout'],
  more: `Without a running session it connects first, for at most --timeout (20 s).
Exit code 69: at least one finding is an error.`,
  run: async (call) => {
    const [friend, ...others] = call.words;
    if (others.length > 0) throw new Failure(EXIT.usage, `Usage: tox-async doctor ${doctor.usage}`);
    const { stdout, signal } = call.machine;
    const timeout = numberOption(call.options, 'timeout', { min: 0, max: 3600 }) ?? TIMEOUT_S;
    await using session = await openSession(call, { network: true });
    if (session.manager) await settle(session.manager, timeout * 1000, signal);
    const request = { ask: 'findings', ...(friend !== undefined && { friend }) } as const;
    const { findings } = await session.control.ask(request, { signal });
    const isJson = call.options.json === true;
    const lines = findings.map((finding) =>
      isJson ? jsonOf(finding) : `${finding.level.padEnd(8)}${printable(finding.text)}`,
    );
    if (lines.length === 0 && !isJson) lines.push('ok      Nothing is wrong. There are no friends yet.');
    await write(stdout, lines.map((line) => `${line}\n`).join(''));
    return findings.some(({ level }) => level === 'error') ? EXIT.unavailable : EXIT.ok;
  },
};

async function settle(manager: AsyncManager, ms: number, signal: AbortSignal): Promise<void> {
  const end = Date.now() + ms;
  const wait = (time: number) => setTimeout(time, undefined, { signal }).catch(() => undefined);
  while (!manager.isOnline() && Date.now() < end && !signal.aborted) await wait(100);
  if (manager.isOnline()) await wait(Math.min(SETTLE_MS, ms / 2));
}
