import './support/mount-namespace';
import assert from 'node:assert/strict';
import { toHex } from '../../lib/bytes';
import { MemoryDisk } from '../../lib/testing/memory-disk';
import { randomFraction } from '../../lib/platform/random';
import { SeededRandom, SimulatedTime } from '../../lib/testing/simulated-platform';
import type { DataDirectory } from '../../lib/store/directory/data-directory';
import { openMemoryDirectory } from '../../lib/testing/memory-directory';
import { MemoryVolume } from '../../lib/testing/memory-store';
import { MessageStorage } from '../../lib/storage/message-storage';
import { openLocalEngine } from '../../lib/storage/local/local-engine';
import { alice, bob, crypto, envelopeTo } from '../lib/storage/support/storage-fixture';
import { waitFor } from '../support/world';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A storage node on a machine whose wall clock a person or a time server sets while it runs. */
class ClockedNode {
  readonly time = new SimulatedTime();
  readonly disk = new MemoryDisk();
  readonly volume = new MemoryVolume();
  storage!: MessageStorage;
  #directory: DataDirectory | undefined;

  async start(): Promise<void> {
    const { clock, timers } = this.time;
    const random = new SeededRandom('clock');
    const platform = { clock, timers, random, disk: this.disk };
    const { volume } = this;
    const directory = await waitFor(this.time, openMemoryDirectory({ platform, crypto, volume }));
    this.#directory = directory;
    this.storage = new MessageStorage({
      engine: openLocalEngine({ store: directory.store, crypto, ages: directory.ages }),
      crypto,
      random,
      clock,
      timers,
      capacity: { messages: 1e6, bytes: 1e9, update: () => Promise.resolve() },
      friends: [alice, bob],
      role: 'friends',
    });
  }

  async restart(): Promise<void> {
    if (this.#directory) await waitFor(this.time, this.#directory.close());
    await this.start();
  }

  /** The process ends without a word. */
  async crash(): Promise<void> {
    this.volume.crash();
    await this.start();
  }

  async store(word: string, seconds: number): Promise<void> {
    const { kept } = await this.storage.storeMessage(alice, envelopeTo(bob, word), seconds);
    assert.equal(kept, seconds);
  }

  async has(word: string): Promise<boolean> {
    const wanted = toHex(envelopeTo(bob, word));
    const { items } = await this.storage.retrieveMessages(bob);
    for (const { storageId } of items) {
      if (toHex((await this.storage.getMessage(bob, storageId)).envelope) === wanted) return true;
    }
    return false;
  }
}

describe('a storage node whose clock is set while it runs', () => {
  let node: ClockedNode;

  beforeEach(async () => {
    node = new ClockedNode();
    await node.start();
  });

  for (const [direction, step] of [
    ['forward', DAY],
    ['back', -DAY],
  ] as const) {
    it(`a day ${direction} loses nothing before its time, and serves nothing after it`, async () => {
      await node.store('an hour', 3600);
      await node.store('a day', 86_400);
      await node.time.advance(30 * MINUTE);
      node.time.stepWall(step);
      assert.ok(await node.has('an hour'));
      await node.time.advance(30 * MINUTE - 1000);
      await node.storage.cleanupExpiredMessages();
      assert.ok(await node.has('an hour'));
      await node.time.advance(1000);
      assert.ok(!(await node.has('an hour')));
      await node.time.advance(23 * HOUR - 1000);
      await node.storage.cleanupExpiredMessages();
      assert.ok(await node.has('a day'));
      await node.time.advance(1000);
      assert.ok(!(await node.has('a day')));
      assert.equal(await node.storage.cleanupExpiredMessages(), 1);
    });

    for (const ending of ['restart', 'crash'] as const) {
      it(`a day ${direction}, and a ${ending} a minute later, moves an end by no more than a minute`, async () => {
        await node.store('a day', 86_400);
        await node.time.advance(HOUR);
        node.time.stepWall(step);
        await node.time.advance(MINUTE);
        await node[ending]();
        await node.time.advance(23 * HOUR - 2 * MINUTE);
        assert.ok(await node.has('a day'));
        await node.time.advance(2 * MINUTE);
        assert.ok(!(await node.has('a day')));
      });
    }
  }

  it('again and again, over a day of stores, keeps each message for its hour', async () => {
    const random = new SeededRandom('steps');
    const live = new Map<string, number>();
    for (let minute = 0; minute < 24 * 60; minute += 10) {
      if (minute % 30 === 0) node.time.stepWall((randomFraction(random) * 2 - 1) * DAY);
      const word = `at ${minute}`;
      await node.store(word, 3600);
      live.set(word, minute + 60);
      if (minute % 60 === 0) await node.storage.cleanupExpiredMessages();
      await node.time.advance(10 * MINUTE);
      for (const [word, end] of live) {
        assert.equal(await node.has(word), end > minute + 10, `${word}, looked for at ${minute + 10}`);
        if (end <= minute + 10) live.delete(word);
      }
    }
  });
});
