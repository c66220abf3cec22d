import type { AsyncManager, SessionSnapshot } from '../../lib/index';
import type { Session } from '../session/session';
import { folderBytes } from './folder-bytes';

/** Content type of the text. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [Labels, number];

/** What is known of one session. */
interface Measured {
  readonly id: string;
  readonly session: Session;
  readonly manager: AsyncManager | undefined;
  readonly snapshot: SessionSnapshot | undefined;
  readonly folder: number | undefined;
}

interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: (measured: Measured) => readonly Sample[];
}

/** Of an open session alone. */
const ofOpen =
  (samples: (snapshot: SessionSnapshot, measured: Measured) => readonly Sample[]): Metric['samples'] =>
  (measured) =>
    measured.snapshot === undefined ? [] : samples(measured.snapshot, measured);

const gauge = (name: string, help: string, samples: Metric['samples']): Metric => ({
  name,
  type: 'gauge',
  help,
  samples,
});

const counter = (name: string, help: string, samples: Metric['samples']): Metric => ({
  name,
  type: 'counter',
  help,
  samples,
});

const one = (value: number | undefined): Sample[] => (value === undefined ? [] : [[{}, value]]);

const METRICS: readonly Metric[] = [
  gauge('tox_async_session_open', 'Whether the session is open and takes messages.', ({ session }) =>
    one(session.open !== undefined && session.trouble === undefined ? 1 : 0),
  ),
  gauge(
    'tox_async_online',
    'Whether the session is connected to its Tox network.',
    ofOpen(({ online }) => one(Number(online))),
  ),
  gauge(
    'tox_async_friends',
    'Friends, by whether they are connected.',
    ofOpen(({ counts }) => [
      [{ state: 'online' }, counts.online],
      [{ state: 'offline' }, counts.friends - counts.online],
    ]),
  ),
  gauge(
    'tox_async_storage_nodes',
    'Storage nodes that would take mail for this session now.',
    ofOpen(({ counts }) => one(counts.nodes)),
  ),
  gauge(
    'tox_async_outbox_messages',
    'Messages in the outbox: queued here, or stored by a storage node.',
    ofOpen(({ counts }) => [
      [{ state: 'queued' }, counts.queued],
      [{ state: 'stored' }, counts.stored],
    ]),
  ),
  gauge(
    'tox_async_inbox_messages',
    'Received messages that no flow has taken.',
    ofOpen(({ counts }) => one(counts.waiting)),
  ),
  gauge(
    'tox_async_keys_least',
    'One-time keys left for the friend who has the fewest, of those who use this package.',
    ofOpen((snapshot) => leastKeys(snapshot)),
  ),
  counter(
    'tox_async_outcomes_total',
    'Outcomes of sent messages since the session was opened; code says why.',
    ({ session }) =>
      [...session.tally.outcomes].map(([word, count]) => {
        const [outcome = '', code = ''] = word.split(' ');
        return [{ outcome, code }, count];
      }),
  ),
  counter(
    'tox_async_stores_refused_total',
    'Messages of others that this session refused to store, since it was opened.',
    ({ manager }) =>
      Object.entries(manager?.getStorageStats().refusals ?? {}).map(([reason, count]) => [{ reason }, count]),
  ),
  gauge(
    'tox_async_kept_messages',
    'Messages of others that this session stores.',
    ofOpen(({ kept }) => one(kept.messages)),
  ),
  gauge(
    'tox_async_kept_bytes',
    'Bytes that they take on the disk.',
    ofOpen(({ kept }) => one(kept.bytes)),
  ),
  gauge(
    'tox_async_kept_capacity_bytes',
    'Bytes that they may take.',
    ofOpen(({ kept }) => one(kept.capacityBytes)),
  ),
  gauge('tox_async_data_folder_bytes', 'Bytes of all files in the data folder.', ({ folder }) => one(folder)),
  gauge(
    'tox_async_disk_free_bytes',
    'Free on the volume of the data folder, read once an hour.',
    ofOpen(({ kept }) => one(kept.freeBytes)),
  ),
];

/** All sessions in Prometheus' text format. The label `session` is the id of a config node; no label names a peer. */
export async function metricsText(sessions: Iterable<readonly [string, Session]>): Promise<string> {
  const all = await Promise.all([...sessions].map(([id, session]) => measure(id, session)));
  return METRICS.map((metric) => metricText(metric, all)).join('');
}

async function measure(id: string, session: Session): Promise<Measured> {
  const manager = session.open;
  return {
    id,
    session,
    manager,
    snapshot: manager?.snapshot({ outboxRows: 0, inboxRows: 0 }),
    folder: await folderBytes(session.settings.dataDir),
  };
}

function metricText({ name, type, help, samples }: Metric, all: readonly Measured[]): string {
  const lines = all.flatMap((measured) =>
    samples(measured).map(
      ([labels, value]) => `${name}{${labelText({ session: measured.id, ...labels })}} ${value}\n`,
    ),
  );
  return [`# HELP ${name} ${help}\n`, `# TYPE ${name} ${type}\n`, ...lines].join('');
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}="${value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`)
    .join();
}

function leastKeys({ friends }: SessionSnapshot): Sample[] {
  const keys = friends.filter(({ hasMet, plainClient }) => hasMet && !plainClient).map((each) => each.keys);
  if (keys.length === 0) return [];
  return [
    [{ of: 'theirs' }, Math.min(...keys.map(({ sendable }) => sendable))],
    [{ of: 'ours' }, Math.min(...keys.map(({ receivable }) => receivable))],
  ];
}
