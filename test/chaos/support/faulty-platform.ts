import { textOfBytes } from '../../../lib/bytes';
import type { Disk, DiskFile } from '../../../lib/platform/disk';
import type { Platform } from '../../../lib/platform/platform';
import type { CommitOptions, RangeOptions, Store, WriteBatch } from '../../../lib/store/store';
import type { SendResult, Transport, TransportHandler } from '../../../lib/transport/transport';
import type { PublicKey } from '../../../lib/types';
import { type FaultPoint, isFaultTable, type Life } from './life';

/** The platform of a process that can die at each step on the disk, and whose timers die with it. */
export function faultyPlatform({ timers, disk, ...rest }: Platform, life: Life): Platform {
  return {
    ...rest,
    timers: { after: (ms, run) => life.timer(timers, ms, run) },
    disk: faultyDisk(disk, life),
  };
}

function faultyDisk(disk: Disk, life: Life): Disk {
  const step = stepsOf(life);
  return {
    makeFolder: (path) => life.outside(() => disk.makeFolder(path)),
    list: (path) => life.outside(() => disk.list(path)),
    readFile: (path) => life.outside(() => disk.readFile(path)),
    kindOf: (path) => life.outside(() => disk.kindOf(path)),
    stampOf: (path) => life.outside(() => disk.stampOf(path)),
    move: (from, to) => step('replace', () => disk.move(from, to), 'replaced'),
    identify: (path) => life.outside(() => disk.identify(path)),
    freeBytes: (path) => life.outside(() => disk.freeBytes(path)),
    volumeBytes: (path) => life.outside(() => disk.volumeBytes(path)),
    writeFile: (path, data) => step('replace', () => disk.writeFile(path, data), 'replaced'),
    remove: (path) => step('replace', () => disk.remove(path), 'replaced'),
    open: async (path): Promise<DiskFile> => {
      const file = await life.outside(() => disk.open(path));
      return {
        size: () => life.outside(() => file.size()),
        read: (offset, length) => life.outside(() => file.read(offset, length)),
        write: (offset, data) => step('write', () => file.write(offset, data), 'written'),
        truncate: (size) => life.outside(() => file.truncate(size)),
        sync: () => step(undefined, () => file.sync(), 'synced'),
        close: () => life.outside(() => file.close()),
      };
    },
  };
}

/** Does something that is preceded and followed by a step at which the process can die. */
function stepsOf(life: Life) {
  return async (before: FaultPoint | undefined, task: () => Promise<void>, after: FaultPoint) => {
    if (before !== undefined) life.reach(before);
    return life.outside(async () => {
      await task();
      life.reach(after);
    });
  };
}

/** A store whose process can die before a batch goes to it, and between its sync and the first callback. */
export function faultyStore(store: Store, life: Life): Store {
  return {
    engine: store.engine,
    get: (key: Uint8Array) => store.get(key),
    peek: (key, look) => store.peek(key, look),
    range: (options: RangeOptions) => store.range(options),
    batch: () => new FaultyBatch(store.batch(), life),
    close: () => life.outside(() => store.close()),
  };
}

class FaultyBatch implements WriteBatch {
  readonly #batch: WriteBatch;
  readonly #life: Life;
  readonly #tables = new Set<string>();

  constructor(batch: WriteBatch, life: Life) {
    this.#batch = batch;
    this.#life = life;
    batch.afterCommit(() => this.#reach('committed'));
  }

  get size(): number {
    return this.#batch.size;
  }

  put(key: Uint8Array, ...value: Uint8Array[]): this {
    this.#batch.put(key, ...value);
    this.#tables.add(tableOf(key));
    return this;
  }

  delete(key: Uint8Array): this {
    this.#batch.delete(key);
    this.#tables.add(tableOf(key));
    return this;
  }

  /** A dead process runs nothing: not even its memory may change, as another part of it could act on that. */
  afterCommit(run: () => void): this {
    this.#batch.afterCommit(() => {
      if (!this.#life.dead) run();
    });
    return this;
  }

  commit(how?: CommitOptions): Promise<void> {
    this.#reach('commit');
    return this.#life.outside(() => this.#batch.commit(how));
  }

  #reach(when: 'commit' | 'committed'): void {
    if (this.size === 0) return;
    this.#life.reach(when);
    if (!this.#life.isArmed) return;
    for (const table of this.#tables) if (isFaultTable(table)) this.#life.reach(`${when} ${table}`);
  }
}

/** Keys begin with the table's name and a slash. */
function tableOf(key: Uint8Array): string {
  return textOfBytes(key.subarray(0, key.indexOf(0x2f)));
}

/** A transport whose process can die before and after each packet. */
export function faultyTransport(transport: Transport, life: Life): Transport {
  return {
    self: transport.self,
    start: (handler) => life.outside(() => transport.start(faultyHandler(handler, life))),
    stop: () => life.outside(() => transport.stop()),
    isOnline: () => !life.dead && transport.isOnline(),
    friends: () => transport.friends(),
    isFriendOnline: (friend) => !life.dead && transport.isFriendOnline(friend),
    nameOf: (friend) => transport.nameOf(friend),
    sendPacket(friend: PublicKey, packet: Uint8Array): SendResult {
      if (!life.reach('packet')) return 'offline';
      const result = transport.sendPacket(friend, packet);
      life.reach('sent');
      return result;
    },
    sendMessage: (friend, type, text) => life.outside(() => transport.sendMessage(friend, type, text)),
  };
}

function faultyHandler(handler: TransportHandler, life: Life): TransportHandler {
  const alive = (run: () => void) => {
    if (!life.dead) run();
  };
  return {
    onSelf: (online) => alive(() => handler.onSelf(online)),
    onFriend: (friend, online) => alive(() => handler.onFriend(friend, online)),
    onPacket: (friend, packet) => alive(() => handler.onPacket(friend, packet)),
    onWritable: (friend) => alive(() => handler.onWritable(friend)),
    onMessage: (friend, type, text) => alive(() => handler.onMessage(friend, type, text)),
    onFriends: () => alive(() => handler.onFriends()),
  };
}
