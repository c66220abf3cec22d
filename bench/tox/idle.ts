import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { BootstrapNode } from '../../lib/transport/toxcore/bootstrap-nodes';
import { newKeyPair, ToxParty } from '../../test/network/support/tox-party';
import type { Report } from '../support/report';

const SETTLE_MS = 15_000;
const MEASURED_MS = 20_000;
/** Linux counts processor time in hundredths of a second. */
const TICKS = 100;

/** What the transport costs while nothing happens, its child included. */
export async function idle(
  node: BootstrapNode,
  friendCounts: readonly number[] = [10, 100, 300],
): Promise<Report> {
  const rows: string[][] = [];
  for (const friends of friendCounts) {
    const keys = Array.from({ length: friends }, () => newKeyPair().publicKey);
    const { transport } = new ToxParty({ bootstrap: [node] }, { friends: keys });
    await transport.start({
      onSelf() {},
      onFriend() {},
      onPacket() {},
      onWritable() {},
      onMessage() {},
      onFriends() {},
    });
    const pid = transport.childPid ?? 0;
    await wait(SETTLE_MS);
    const before = { own: process.cpuUsage(), child: await childSeconds(pid), at: performance.now() };
    await wait(MEASURED_MS);
    const seconds = (performance.now() - before.at) / 1000;
    const own = process.cpuUsage(before.own);
    const child = (await childSeconds(pid)) - before.child;
    const percent = (cpu: number) => `${((100 * cpu) / seconds).toFixed(2)} %`;
    rows.push([
      String(friends),
      percent(child),
      percent((own.user + own.system) / 1e6),
      `${Math.round((await childRss(pid)) / 1e6)}`,
    ]);
    await transport.stop();
  }
  return {
    title: 'Idle',
    about: `Friends who are all offline, on a network of one bootstrap node; share of one core over ${MEASURED_MS / 1000} s.`,
    columns: ['friends', 'CPU of the child', 'CPU of the parent', 'RSS of the child, MB'],
    rows,
  };
}

async function childSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

async function childRss(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}
