import assert from 'node:assert/strict';
import type { Outcome } from '../../../../lib/client/messages';
import type { AsyncManagerEvents } from '../../../../lib/manager/events';
import { HISTORY_HOURS, SessionHistory } from '../../../../lib/manager/history/session-history';
import { Emitter } from '../../../../lib/platform/emitter';
import type { Store, WriteBatch } from '../../../../lib/store/store';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import { refuseCommits } from '../../../support/refusing-commits';

const HOUR = 3600;
const DAY = 24 * HOUR;

describe('the history of a session', () => {
  let volume: MemoryVolume;
  let store: Store;
  let now: number;
  let events: Emitter<AsyncManagerEvents>;
  let along: (writes: WriteBatch) => void;
  let history: SessionHistory;
  /** Saves that were asked for. */
  let asked: number;

  function open(): void {
    store = openMemoryStore(volume);
    events = new Emitter<AsyncManagerEvents>((error) => {
      throw error;
    });
    const saveAlong = (add: typeof along) => (along = add);
    const noteWrite = () => (asked += 1);
    history = new SessionHistory({ store, ages: { now: () => now, saveAlong, noteWrite }, events });
  }

  /** As the age clock does. @returns how much was to be written */
  async function save(): Promise<number> {
    const writes = store.batch();
    along(writes);
    const { size } = writes;
    await writes.commit();
    return size;
  }

  function crash(): void {
    volume.crash();
    open();
  }

  const end = (state: Outcome['state']) =>
    events.emit('outcome', {
      messageId: new Uint8Array(32),
      friend: new Uint8Array(32),
      state,
      nodes: 0,
      wanted: 3,
      createdAt: 0,
      expiresAt: 0,
      at: 0,
    });
  const sentIn = () => history.hours().map(({ age, sent }) => [age, sent]);

  beforeEach(() => {
    now = 1000 * HOUR + 60;
    asked = 0;
    volume = new MemoryVolume();
    open();
  });

  it('counts in each hour what happened in it, and leaves out those in which nothing did', () => {
    assert.deepEqual(history.hours(), []);
    history.note('sent', 3);
    history.note('sent', 2);
    history.note('received');
    now += 5 * HOUR;
    for (const state of ['queued', 'stored', 'overdue', 'delivered', 'cancelled'] as const) end(state);
    for (const state of ['failed', 'expired', 'unconfirmed'] as const) end(state);
    history.note('stored');
    history.note('kept');
    const nothing = { sent: 0, stored: 0, delivered: 0, failed: 0, received: 0, kept: 0, mostUnfinished: 0 };
    assert.deepEqual(history.hours(), [
      { ...nothing, age: 5 * HOUR + 60, sent: 2, received: 1, mostUnfinished: 3 },
      { ...nothing, age: 60, stored: 1, delivered: 1, failed: 3, kept: 1 },
    ]);
  });

  it('has every count saved within a minute, also where nothing else is written, as with mail in a database', () => {
    history.hours();
    assert.equal(asked, 0);
    history.note('kept');
    assert.equal(asked, 1);
  });

  it('is there after a crash as far as it was written, and goes on in the same hour', async () => {
    history.note('sent');
    await save();
    history.note('sent');
    crash();
    assert.deepEqual(sentIn(), [[60, 1]]);
    history.note('sent');
    await save();
    crash();
    assert.deepEqual(sentIn(), [[60, 2]]);
  });

  it('writes only what changed since it was written last', async () => {
    assert.equal(await save(), 0);
    history.note('sent');
    now += HOUR;
    history.note('sent');
    assert.equal(await save(), 2);
    history.note('sent');
    assert.equal(await save(), 1);
    assert.equal(await save(), 0);
  });

  it('writes what was counted while a write was under way with the next one', async () => {
    history.note('sent');
    const writes = store.batch();
    along(writes);
    const written = writes.commit();
    history.note('sent');
    await written;
    assert.equal(await save(), 1);
    crash();
    assert.deepEqual(sentIn(), [[60, 2]]);
  });

  it('writes with the next write what the disk refused', async () => {
    history.note('sent');
    const allow = refuseCommits(store);
    await assert.rejects(save());
    allow();
    await save();
    crash();
    assert.deepEqual(sentIn(), [[60, 1]]);
  });

  it('forgets what is older than a week, on the disk too, and has 168 records at most', async () => {
    for (let hour = 0; hour < 3 * HISTORY_HOURS; hour += 1) {
      now += HOUR;
      history.note('sent');
      await save();
    }
    assert.equal(history.hours().length, HISTORY_HOURS);
    assert.equal(history.hours()[0]?.age, 7 * DAY - HOUR + 60);
    crash();
    assert.equal(history.hours().length, HISTORY_HOURS);
    assert.equal(bytesIn(volume).records, HISTORY_HOURS);
    assert.ok(bytesIn(volume).bytes < 32_768);
    now += 6 * DAY;
    assert.equal(history.hours().length, 24);
    now += 2 * DAY;
    assert.deepEqual(history.hours(), []);
    history.note('sent');
    await save();
    assert.equal(bytesIn(volume).records, 1);
  });

  it('goes on in the last hour where the age is less after a crash', async () => {
    history.note('sent');
    await save();
    now -= HOUR;
    crash();
    assert.deepEqual(sentIn(), [[0, 1]]);
    history.note('sent');
    assert.deepEqual(sentIn(), [[0, 2]]);
  });

  it('loses no more than the hour whose record the disk spoiled', async () => {
    history.note('sent');
    now += HOUR;
    history.note('sent');
    await save();
    const [key, value] = [...volume.index.range(EVERYTHING)][0] ?? assert.fail();
    const spoiled = store.batch().put(
      key,
      value.map((byte) => byte ^ 1),
    );
    await spoiled.commit();
    crash();
    assert.deepEqual(sentIn(), [[60, 1]]);
    await save();
    assert.equal(bytesIn(volume).records, 1);
  });
});

const EVERYTHING = { gte: new Uint8Array(), lt: new Uint8Array(257).fill(255) };

function bytesIn({ index }: MemoryVolume): { readonly records: number; readonly bytes: number } {
  const records = [...index.range(EVERYTHING)];
  return {
    records: records.length,
    bytes: records.reduce((sum, [key, value]) => sum + key.length + value.length, 0),
  };
}
