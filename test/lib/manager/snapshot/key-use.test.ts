import assert from 'node:assert/strict';
import { KeyUse } from '../../../../lib/manager/snapshot/key-use';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import type { Store } from '../../../../lib/store/store';
import { silentLogger } from '../../../../lib/types';
import { refuseCommits } from '../../../support/refusing-commits';

const DAY = 86_400;
const bob = new Uint8Array(32).fill(2);
const carol = new Uint8Array(32).fill(3);

describe('how fast keys are used', () => {
  let volume: MemoryVolume;
  let now: number;
  let store: Store;
  let use: KeyUse;

  beforeEach(() => {
    now = 1_000_000;
    volume = new MemoryVolume();
    use = open();
  });

  function open(): KeyUse {
    store = openMemoryStore(volume);
    return new KeyUse({ store, ages: { now: () => now }, log: silentLogger });
  }

  async function restart(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    volume.crash();
    use = open();
  }

  const spend = (keys: number, seconds: number, friend = bob) => {
    for (let i = 0; i < keys; i += 1) {
      now += seconds / keys;
      use.note(friend);
    }
  };

  it('is not told of a friend for whom hardly any were used', () => {
    assert.equal(use.daysFor(bob, 100), undefined);
    use.note(bob);
    assert.equal(use.daysFor(bob, 100), undefined);
  });

  it('takes a first busy hour for a day', () => {
    spend(10, 3600);
    const days = use.daysFor(bob, 100) ?? 0;
    assert.ok(days > 8 && days < 12, String(days));
  });

  it('is what it was on average, each friend for themselves', () => {
    spend(140, 14 * DAY);
    const days = use.daysFor(bob, 100) ?? 0;
    assert.ok(days > 9 && days < 11, String(days));
    assert.equal(use.daysFor(carol, 100), undefined);
  });

  it('falls when messages stop', () => {
    spend(70, 7 * DAY);
    const busy = use.daysFor(bob, 100) ?? 0;
    now += 14 * DAY;
    assert.ok((use.daysFor(bob, 100) ?? 0) > 3 * busy);
  });

  it('is known after a restart, but for the last minutes', async () => {
    spend(140, 14 * DAY);
    const days = use.daysFor(bob, 100) ?? 0;
    await restart();
    assert.ok(Math.abs((use.daysFor(bob, 100) ?? 0) - days) < 0.5);
  });

  it('is forgotten with the friend', async () => {
    spend(140, 14 * DAY);
    use.retain(() => false);
    assert.equal(use.daysFor(bob, 100), undefined);
    await restart();
    assert.equal(use.daysFor(bob, 100), undefined);
  });

  it('costs nothing where the disk refuses it', async () => {
    refuseCommits(store);
    spend(10, DAY);
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok((use.daysFor(bob, 100) ?? 0) > 0);
  });
});
