import type { MailUsage } from '../../../../lib/storage/message-engine';
import { MessageStorage, type MessageStorageOptions } from '../../../../lib/storage/message-storage';
import { openLocalEngine } from '../../../../lib/storage/local/local-engine';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { mailboxOf } from '../../../../lib/protocol/names';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import { bytesOf, envelopeFor } from '../../../../lib/testing/engine/sample-mail';

export const crypto = createPortableProvider();
/** Public keys as far as this layer looks at them: 32 bytes. */
export const alice = bytesOf('alice');
export const bob = bytesOf('bob');
export const carol = bytesOf('carol');
export const mallory = bytesOf('mallory');

/** An envelope for a recipient that a test can name. */
export function envelopeTo(recipient: Uint8Array, word: string, size = 287): Uint8Array {
  return envelopeFor(mailboxOf(crypto, recipient), word, size);
}

export interface StorageUnderTest {
  readonly storage: MessageStorage;
  readonly time: SimulatedTime;
  readonly capacity: { messages: number; bytes: number; updates: number; update(): Promise<void> };
  /** The same mail under a new run: new submitter marks, new buckets. */
  restart(): Promise<StorageUnderTest>;
}

export type StorageOptions = Partial<MessageStorageOptions> & {
  readonly room?: Partial<MailUsage>;
};

/** MessageStorage over a store in memory, in simulated time, with room for 1,536 messages. */
export function openStorage(
  options: StorageOptions = {},
  volume = new MemoryVolume(),
  time = new SimulatedTime(),
  run = 1,
): StorageUnderTest {
  const { room, ...rest } = options;
  const capacity = {
    messages: 1536,
    bytes: 1_000_000_000,
    ...room,
    updates: 0,
    update() {
      this.updates += 1;
      return Promise.resolve();
    },
  };
  const store = openMemoryStore(volume);
  const storage = new MessageStorage({
    engine: openLocalEngine({ store, crypto, ages: { now: () => time.clock.monotonic() / 1000 } }),
    crypto,
    random: new SeededRandom(`run ${run}`),
    clock: time.clock,
    timers: time.timers,
    capacity,
    friends: [alice, bob, carol, mallory],
    role: 'friends',
    ...rest,
  });
  return {
    storage,
    time,
    capacity,
    restart: async () => {
      await store.close();
      return openStorage(options, volume, time, run + 1);
    },
  };
}
