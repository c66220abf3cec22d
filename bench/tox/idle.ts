import { setTimeout as wait } from 'node:timers/promises';
import type { BootstrapNode } from '../../lib/transport/toxcore/bootstrap-nodes';
import { newKeyPair, ToxParty } from '../../test/network/support/tox-party';
import { count, ratio, type Report } from '../support/report';
import type { PeerStart } from './peer';
import { PeerProcess } from './peer-process';

/** Friends are sought for two minutes. */
const SETTLE_MS = 130_000;
const MEASURED_MS = 60_000;

/** What the transport costs while nothing happens, its child included, beside libtoxcore alone at the same time. */
export async function idle(
  node: BootstrapNode,
  friendCounts: readonly number[] = [10, 100, 300],
): Promise<Report> {
  const measured = friendCounts.map(async (friends) => {
    const start = (mode: PeerStart['mode']) => {
      const settings = { bootstrap: [node] };
      const keys = Array.from({ length: friends }, () => newKeyPair().publicKey);
      const { savedata } = new ToxParty(settings, { friends: keys });
      return new PeerProcess({ mode, settings, savedata, friend: keys[0] ?? new Uint8Array() });
    };
    const [bare, ours] = [start('bare'), start('transport')];
    await wait(SETTLE_MS);
    const before = { bare: await bare.cpu(), ours: await ours.cpu(), at: performance.now() };
    await wait(MEASURED_MS);
    const used = { bare: await bare.cpu(), ours: await ours.cpu(), at: performance.now() };
    const share = (cpu: number) => (100_000 * cpu) / (used.at - before.at);
    const alone = share(used.bare.own - before.bare.own);
    const child = share(used.ours.child - before.ours.child);
    const parent = share(used.ours.own - before.ours.own);
    const percent = (value: number) => `${value.toFixed(2)} %`;
    const memory = await ours.memory();
    await Promise.all([bare.end(), ours.end()]);
    return [
      String(friends),
      percent(alone),
      percent(child),
      percent(parent),
      ratio((child + parent) / alone),
      count(memory / 1e6),
    ];
  });
  return {
    title: 'Idle',
    about:
      'Friends who are all offline, on a network of one bootstrap node; processor time as a share of one core over ' +
      `${MEASURED_MS / 1000} s, of libtoxcore alone (through koffi, turning when it asks for it) and of our transport at ` +
      'the same time. Memory is that of parent and child, Node.js included.',
    columns: ['friends', 'libtoxcore alone', 'our child', 'our parent', 'ours to alone', 'memory, MB'],
    rows: await Promise.all(measured),
  };
}
