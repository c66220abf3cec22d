import { AsyncManager } from '../../../../lib/manager/async-manager';
import type { Clock } from '../../../../lib/platform/clock';
import { Closers, openParts } from '../../../../lib/store/directory/open-parts';
import { openMemoryStore } from '../../../../lib/testing/memory-store';
import { silentLogger } from '../../../../lib/types';
import { faultyPlatform, faultyStore } from '../../../chaos/support/faulty-platform';
import type { Life } from '../../../chaos/support/life';
import type { MemoryDirectory } from '../../../support/memory-directory';
import type { Resident } from './plans/plan';
import type { TownParts } from './town-parts';

const FOLDER = '/data';
const SPACE = { limitBytes: 65_536, reserveBytes: 4096 };
const FREE = { freeBytes: 100_000_000_000 };

export interface OpenedSession {
  readonly life: Life;
  readonly clock: Clock;
  readonly memory: MemoryDirectory;
  readonly resident: Resident;
  /** Makes the directory's identity when it has none. */
  readonly profile: Uint8Array | undefined;
  /** Takes what the session warns of. */
  readonly say: (text: string) => void;
}

/** The session of a resident, on a directory and a machine that end with its life. It is not started. */
export async function openSession(
  { time, random, crypto }: Pick<TownParts, 'time' | 'random' | 'crypto'>,
  { life, clock, memory, resident, profile, say }: OpenedSession,
): Promise<AsyncManager> {
  const platform = faultyPlatform({ clock, timers: time.timers, random, disk: memory.disk }, life);
  const log = { ...silentLogger, warn: say, error: say };
  const openStore = () => faultyStore(openMemoryStore(memory.volume), life);
  await platform.disk.makeFolder(FOLDER);
  const directory = await openParts(
    { platform, crypto, path: FOLDER, log, space: SPACE, openStore },
    new Closers(platform.timers),
  );
  const manager = await AsyncManager.create({
    dataDir: FOLDER,
    directory,
    platform,
    crypto,
    storageRole: resident.stores ? 'friends' : 'off',
    storageCapBytes: resident.capBytes,
    limits: resident.outbox === undefined ? {} : { outboxMessages: resident.outbox },
    diskSpace: () => Promise.resolve(FREE),
    log,
    ...(profile === undefined ? {} : { profile }),
  });
  manager.events.on('message-lost', ({ messageId }) => say(`lost ${Buffer.from(messageId).toString('hex')}`));
  return manager;
}
