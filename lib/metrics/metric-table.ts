import type { AsyncManager } from '../manager/async-manager';
import type { SessionSnapshot } from '../manager/snapshot/snapshot';
import type { OutcomeTally } from './outcome-tally';

/** A session to be measured. */
export interface MeteredSession {
  /** What stands in the label `session`. */
  readonly name: string;
  /** It is open and takes messages. */
  readonly isOpen: boolean;
  readonly tally: Pick<OutcomeTally, 'outcomes'>;
  /** Absent while it is not open. */
  readonly manager: Pick<AsyncManager, 'snapshot' | 'getStorageStats'> | undefined;
  /** Of all files in its data directory; absent when that cannot be read. */
  readonly folderBytes: number | undefined;
}

/** The same at one moment. */
export interface Measured extends MeteredSession {
  readonly snapshot: SessionSnapshot | undefined;
}

export type Labels = Readonly<Record<string, string>>;
export type Sample = readonly [Labels, number];

/** One metric: its name, what it is, and what it is for each session. */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: (measured: Measured) => readonly Sample[];
}

/** Of an open session alone. */
const ofOpen =
  (samples: (snapshot: SessionSnapshot) => readonly Sample[]): Metric['samples'] =>
  ({ snapshot }) =>
    snapshot === undefined ? [] : samples(snapshot);

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

/** All metrics (docs/ADMIN.md). No label names a peer. */
export const METRICS: readonly Metric[] = [
  gauge('tox_async_session_open', 'Whether the session is open and takes messages.', ({ isOpen }) =>
    one(Number(isOpen)),
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
    'Received messages that nobody has taken.',
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
    ({ tally }) =>
      [...tally.outcomes].map(([word, count]) => {
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
  gauge(
    'tox_async_kept_trouble',
    'Whether something is wrong with where they lie; the health line and the sidebar say what.',
    ofOpen(({ kept }) => one(Number(kept.trouble !== undefined))),
  ),
  gauge('tox_async_data_folder_bytes', 'Bytes of all files in the data folder.', ({ folderBytes }) =>
    one(folderBytes),
  ),
  gauge(
    'tox_async_disk_free_bytes',
    'Free on the volume of the data folder, read once an hour.',
    ofOpen(({ kept }) => one(kept.freeBytes)),
  ),
];

function leastKeys({ friends }: SessionSnapshot): Sample[] {
  const keys = friends.filter(({ hasMet, plainClient }) => hasMet && !plainClient).map((each) => each.keys);
  if (keys.length === 0) return [];
  return [
    [{ of: 'theirs' }, Math.min(...keys.map(({ sendable }) => sendable))],
    [{ of: 'ours' }, Math.min(...keys.map(({ receivable }) => receivable))],
  ];
}
