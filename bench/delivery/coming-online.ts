import { setTimeout as wait } from 'node:timers/promises';
import { median } from '../support/measure';
import { milliseconds, type Report } from '../support/report';
import { withFolder } from '../support/scratch';
import { SIZE } from './costs';
import { OurCarrier } from './parties/our-carrier';
import { LATENCY_MS } from './parties/world';
import { BareCarrier } from './peers/bare-carrier';
import { BrokerCarrier } from './peers/broker-carrier';
import { Stopwatch } from './contest';
import { pairs } from './topology';

/** Trips that the protocol needs: the connection, two of the handshake, and list and fetch with their answers. */
const TRIPS = 7;
const ONE = { topology: pairs(1, 1), size: SIZE } as const;

/** How long a message that waits takes to the flow once its recipient is online. */
export async function comingOnline(rounds: number): Promise<Report> {
  const row = (name: string, times: readonly number[]) => [
    name,
    milliseconds(median(times)),
    milliseconds(Math.max(...times)),
  ];
  return {
    title: 'Coming online',
    about:
      `One message waits on three storage nodes, its sender is away; from the moment at which the recipient goes online to its ` +
      `handler, ${rounds} times, on the virtual network with ${LATENCY_MS} ms a trip. The limit is ${TRIPS} trips and the primitives of one direct message. ` +
      'mosquitto: from the start of the connection to the message. On real Tox: "An alert that waits for its recipient" below.',
    columns: ['', 'median', 'longest'],
    rows: [
      row('the recipient', await ours(rounds)),
      row('bare', await bare(rounds)),
      row('mosquitto', await brokers(rounds)),
    ],
  };
}

function ours(rounds: number): Promise<number[]> {
  return withFolder(async (folder) => {
    const carrier = await OurCarrier.open({ ...ONE, folder, way: 'offline' });
    const times = await repeated(rounds, async (watch) => {
      await carrier.recipientsLeave();
      await carrier.deposit();
      await carrier.sendersLeave();
      await watch.run(() => carrier.fetch());
      await carrier.sendersReturn();
      await carrier.meet();
    });
    await carrier.close();
    return times;
  });
}

function bare(rounds: number): Promise<number[]> {
  return withFolder(async (folder) => {
    const carrier = await BareCarrier.open({ ...ONE, folder, way: 'direct' });
    const times = await repeated(rounds, async (watch) => {
      await watch.run(async () => {
        for (let trip = 0; trip < TRIPS; trip += 1) await wait(LATENCY_MS);
      });
      await carrier.round(watch);
    });
    await carrier.close();
    return times;
  });
}

function brokers(rounds: number): Promise<number[]> {
  return withFolder(async (folder) => {
    const carrier = await BrokerCarrier.open({ ...ONE, folder, way: 'offline' });
    const times = await repeated(rounds, async (watch) => {
      await carrier.subscribersLeave();
      await carrier.publish();
      await watch.run(() => carrier.fetch());
    });
    await carrier.close();
    return times;
  });
}

/** Milliseconds of each round, one before them not counted. */
async function repeated(rounds: number, run: (watch: Stopwatch) => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const watch = new Stopwatch();
    await run(watch);
    if (round > 0) times.push(watch.milliseconds);
  }
  return times;
}
