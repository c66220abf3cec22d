import { setTimeout as wait } from 'node:timers/promises';
import { MAX_PACKET_BYTES } from '../../lib/transport/transport';
import { BootstrapDaemon } from '../../test/network/support/bootstrap-daemon';
import { makePair } from '../../test/network/support/tox-party';
import { quantile } from '../support/measure';
import { count, ratio, type Report } from '../support/report';
import type { PeerStart } from './peer';
import { PeerProcess } from './peer-process';

/** libtoxcore starts at a few hundred packets a second and takes 15 s to its full rate: that is not measured. */
const WARM_UP_MS = 20_000;
const SECONDS = 45;
/** How often each takes its turn. */
const ROUNDS = 3;

interface Run {
  /** Packets that arrived in each second. */
  readonly rates: readonly number[];
  /** Of all processes on both sides, microseconds a packet. */
  readonly cpu: number;
  /** Of the sender and its child, bytes. */
  readonly memory: number;
}

export async function throughput(): Promise<Report> {
  const bare: Run[] = [];
  const ours: Run[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await measure('bare'));
    ours.push(await measure('transport'));
  }
  const reference = figures(bare);
  const row = (name: string, { median, low, high, cpu, memory }: ReturnType<typeof figures>) => [
    name,
    count(median),
    `${count(low)} to ${count(high)}`,
    ((median * MAX_PACKET_BYTES) / 1e6).toFixed(1),
    ratio(median / reference.median),
    `${cpu.toFixed(1)} µs`,
    count(memory / 1e6),
  ];
  return {
    title: 'Packets between two friends',
    about:
      `Packets of ${MAX_PACKET_BYTES} bytes in one direction over UDP on loopback, counted by the receiver for each ` +
      `second of ${ROUNDS} runs of ${SECONDS} s in turns, each after ${WARM_UP_MS / 1000} s of warm-up. libtoxcore alone is ` +
      'called through koffi in a tight loop without a window. Processor time is that of all processes of both sides; ' +
      'memory is the sender’s, its child’s included.',
    columns: [
      '',
      'packets/s, median',
      'middle half',
      'MB/s',
      'ratio',
      'processor time a packet',
      'memory, MB',
    ],
    rows: [row('libtoxcore alone', reference), row('ToxcoreTransport', figures(ours))],
  };
}

function figures(runs: readonly Run[]) {
  const rates = runs.flatMap((run) => run.rates);
  return {
    median: quantile(rates, 0.5),
    low: quantile(rates, 0.25),
    high: quantile(rates, 0.75),
    cpu: quantile(
      runs.map(({ cpu }) => cpu),
      0.5,
    ),
    memory: Math.max(...runs.map(({ memory }) => memory)),
  };
}

async function measure(mode: PeerStart['mode']): Promise<Run> {
  // One of its own: a node that remembers the dead peers of an earlier run makes the next ones wait for minutes.
  const daemon = await BootstrapDaemon.start();
  // Without a relay both are connected directly from the beginning; else some of the time is measured through it.
  const settings = { bootstrap: [{ ...daemon.node, tcpPorts: [] }] };
  const [a, b] = makePair(settings);
  const sender = new PeerProcess({ mode, settings, savedata: a.savedata, friend: b.pk });
  const receiver = new PeerProcess({ mode, settings, savedata: b.savedata, friend: a.pk });
  const cpu = async () => {
    const used = [await sender.cpu(), await receiver.cpu()];
    return used.reduce((sum, { own, child }) => sum + own + child, 0);
  };
  try {
    await Promise.all([sender.online, receiver.online]);
    sender.send(MAX_PACKET_BYTES);
    await wait(WARM_UP_MS);
    const cpuBefore = await cpu();
    const first = await receiver.received();
    const rates: number[] = [];
    let [last, at] = [first, performance.now()];
    while (rates.length < SECONDS) {
      await wait(1000);
      const [received, now] = [await receiver.received(), performance.now()];
      rates.push((received - last) / ((now - at) / 1000));
      [last, at] = [received, now];
    }
    return {
      rates,
      cpu: (((await cpu()) - cpuBefore) * 1e6) / (last - first),
      memory: await sender.memory(),
    };
  } finally {
    await Promise.all([sender.end(), receiver.end(), daemon.stop()]);
  }
}
