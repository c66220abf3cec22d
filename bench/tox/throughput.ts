import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { BootstrapNode } from '../../lib/transport/toxcore/bootstrap-nodes';
import { MAX_PACKET_BYTES } from '../../lib/transport/transport';
import { makePair } from '../../test/network/support/tox-party';
import { count, ratio, type Report } from '../support/report';
import type { PeerOrder, PeerStart, PeerWord } from './peer';

/** libtoxcore starts at a few hundred packets a second and takes 15 s to its full rate: that is not measured. */
const WARM_UP_MS = 20_000;
const MEASURED_MS = 10_000;

interface Throughput {
  readonly packets: number;
  readonly rss: number;
  readonly longestTurn: number;
}

export async function throughput(node: BootstrapNode): Promise<Report> {
  const bare = await measure('bare', node);
  const ours = await measure('transport', node);
  const again = await measure('bare', node);
  const reference = { ...bare, packets: (bare.packets + again.packets) / 2 };
  const row = (name: string, { packets, rss }: Throughput) => [
    name,
    count(packets),
    ((packets * MAX_PACKET_BYTES) / 1e6).toFixed(1),
    ratio(packets / reference.packets),
    count(rss / 1e6),
  ];
  return {
    title: 'Packets between two friends',
    about:
      `Packets of ${MAX_PACKET_BYTES} bytes in one direction over loopback, counted by the receiver for ` +
      `${MEASURED_MS / 1000} s after ${WARM_UP_MS / 1000} s of warm-up. libtoxcore alone (through koffi, in a tight ` +
      'loop without a window) ran before and after our transport; RSS is the sender’s, without its child.',
    columns: ['', 'packets/s', 'MB/s', 'ratio', 'RSS MB'],
    rows: [row('libtoxcore alone', reference), row('ToxcoreTransport', ours)],
  };
}

async function measure(mode: PeerStart['mode'], node: BootstrapNode): Promise<Throughput> {
  const settings = { bootstrap: [node] };
  const [a, b] = makePair(settings);
  const peers = [a, b].map(() => fork(`${__dirname}/peer.ts`, { serialization: 'advanced' })) as [
    ChildProcess,
    ChildProcess,
  ];
  try {
    const online = peers.map((peer) => once(peer, 'message'));
    const tell = (peer: ChildProcess, order: PeerOrder) => peer.send(order);
    tell(peers[0], { mode, settings, savedata: a.savedata, friend: b.pk });
    tell(peers[1], { mode, settings, savedata: b.savedata, friend: a.pk });
    await Promise.all(online);
    const ask = async (peer: ChildProcess) => {
      const answer = once(peer, 'message') as Promise<[Extract<PeerWord, { received: number }>]>;
      tell(peer, { count: true });
      return (await answer)[0];
    };
    tell(peers[0], { send: MAX_PACKET_BYTES });
    await wait(WARM_UP_MS);
    const [from, start] = [await ask(peers[1]), performance.now()];
    await wait(MEASURED_MS);
    const to = await ask(peers[1]);
    const seconds = (performance.now() - start) / 1000;
    const { rss, longestTurn } = await ask(peers[0]);
    return { packets: (to.received - from.received) / seconds, rss, longestTurn };
  } finally {
    for (const peer of peers) if (peer.connected) peer.disconnect();
  }
}
