import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { BootstrapNode } from '../../lib/transport/toxcore/bootstrap-nodes';
import { newKeyPair, ToxParty } from '../../test/network/support/tox-party';
import { count, type Report } from '../support/report';
import type { CrowdStart } from './crowd';
import { PeerProcess } from './peer-process';

const FRIENDS = [30, 60, 100];
/** What docs/FLEET.md plans with. */
const PLANNED = 250;
const CONNECT_MS = 240_000;
const SETTLE_MS = 20_000;
const MEASURED_MS = 60_000;

interface Measured {
  readonly friends: number;
  /** Percent of one core. */
  readonly child: number;
  readonly parent: number;
  readonly megabytes: number;
}

/** What friends cost who are online and silent: processor time of the process under test alone, its child included. */
export async function online(node: BootstrapNode): Promise<Report> {
  const measured: Measured[] = [];
  for (const friends of FRIENDS) measured.push(await measure(node, friends));
  const percent = (value: number) => `${value.toFixed(1)} %`;
  const rows = measured.map(({ friends, child, parent, megabytes }) => [
    String(friends),
    percent(child),
    percent(parent),
    count(megabytes),
  ]);
  const planned = extrapolated(measured);
  return {
    title: 'Friends who are online',
    about:
      `Friends who are all online and say nothing, over ${MEASURED_MS / 1000} s; processor time as a share of one core, ` +
      'of the process under test and its child alone: the friends have a process of their own. Memory is that of parent ' +
      `and child. The row of ${PLANNED} is not measured: it is the line through the others.`,
    columns: ['friends online', 'our child', 'our parent', 'memory, MB'],
    rows: [
      ...rows,
      [
        `${PLANNED} (extrapolated)`,
        percent(planned((m) => m.child)),
        percent(planned((m) => m.parent)),
        count(planned((m) => m.megabytes)),
      ],
    ],
  };
}

async function measure(node: BootstrapNode, friends: number): Promise<Measured> {
  const settings = { bootstrap: [node] };
  const self = newKeyPair();
  const parties = Array.from(
    { length: friends },
    () => new ToxParty(settings, { friends: [self.publicKey] }),
  );
  const { savedata } = new ToxParty(settings, { keyPair: self, friends: parties.map(({ pk }) => pk) });
  const crowd = fork(`${__dirname}/crowd`, { serialization: 'advanced' });
  const start: CrowdStart = { settings, profiles: parties.map((party) => party.savedata) };
  crowd.send(start);
  const subject = new PeerProcess({
    mode: 'transport',
    settings,
    savedata,
    friend: parties[0]?.pk ?? self.publicKey,
  });
  const onlineNow = async () => {
    const answer = once(crowd, 'message') as Promise<[number]>;
    crowd.send('count');
    return (await answer)[0];
  };
  const end = performance.now() + CONNECT_MS;
  while ((await onlineNow()) < friends && performance.now() < end) await wait(1000);
  await wait(SETTLE_MS);
  const [before, at] = [await subject.cpu(), performance.now()];
  await wait(MEASURED_MS);
  const [after, ms] = [await subject.cpu(), performance.now() - at];
  const there = await onlineNow();
  const megabytes = (await subject.memory()) / 1e6;
  await subject.end();
  crowd.disconnect();
  await once(crowd, 'exit');
  if (there < friends) throw new Error(`only ${there} of ${friends} friends are online`);
  const share = (seconds: number) => (100_000 * seconds) / ms;
  return {
    friends,
    child: share(after.child - before.child),
    parent: share(after.own - before.own),
    megabytes,
  };
}

/** Least squares. */
function extrapolated(measured: readonly Measured[]): (of: (each: Measured) => number) => number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(measured.map(({ friends }) => friends));
  return (of) => {
    const y = mean(measured.map(of));
    const up = measured.reduce((sum, each) => sum + (each.friends - x) * (of(each) - y), 0);
    const across = measured.reduce((sum, each) => sum + (each.friends - x) ** 2, 0);
    return y + (up / across) * (PLANNED - x);
  };
}
