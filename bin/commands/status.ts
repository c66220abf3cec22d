import type { Hexed, SessionSnapshot } from '../../lib/index';
import type { Command } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { historyLines } from '../output/history-lines';
import { jsonOf, printable, write } from '../output/streams';
import { openSession, type OpenSession } from '../session/open-session';

/** Shows what a session looks like now. */
export const status: Command = {
  name: 'status',
  usage: '',
  about: 'show connection, friends, keys and messages',
  options: ['json', 'history'],
  run: async (call) => {
    if (call.words.length > 0) throw new Failure(EXIT.usage, 'Usage: tox-async status [--json] [--history]');
    const { stdout, signal } = call.machine;
    await using session = await openSession(call, { network: false });
    const snapshot = await session.control.ask({ ask: 'status' }, { signal });
    const { holder } = session;
    const running = holder === undefined ? null : { pid: holder.pid, host: holder.host, since: holder.since };
    const isWanted = call.options.history === true;
    const history = isWanted ? (await session.control.ask({ ask: 'history' }, { signal })).hours : undefined;
    const lines =
      call.options.json === true
        ? [jsonOf({ running, ...snapshot, ...(history && { history }) })]
        : [...inWords(snapshot, session), ...(history ? historyLines(history) : [])];
    await write(stdout, `${lines.join('\n')}\n`);
    return EXIT.ok;
  },
};

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

function inWords(snapshot: Hexed<SessionSnapshot>, { holder }: OpenSession): string[] {
  const { counts, kept } = snapshot;
  // A session that is open for this command alone has no cap of its own to tell.
  const cap = holder === undefined ? '' : ` of ${(kept.capacityBytes / 1_000_000).toFixed(0)}`;
  const lines = [
    `Tox ID    ${snapshot.toxId}`,
    `Running   ${holder === undefined ? 'no process' : `process ${holder.pid} on ${printable(holder.host)} since ${printable(holder.since)}`}`,
    `Network   ${snapshot.online ? 'online' : 'offline'}, ${counted(counts.nodes, 'storage node')} connected`,
    `Outbox    ${counts.queued} queued, ${counts.stored} stored`,
    `Inbox     ${counts.waiting} waiting${counts.failed > 0 ? `, ${counts.failed} to be handed over again` : ''}`,
    `Kept      ${counted(kept.messages, 'message')} for others, ${(kept.bytes / 1_000_000).toFixed(1)}${cap} MB`,
    `Friends   ${counts.online} of ${counts.friends} online`,
  ];
  for (const { name, publicKey, online, keys, queued, stored } of snapshot.friends) {
    const label = printable(name ?? publicKey.slice(0, 8));
    lines.push(
      `  ${label}: ${online ? 'online' : 'offline'}, ${keys.sendable} of ${keys.full} keys, ${queued} queued, ${stored} stored`,
    );
  }
  return lines;
}
