import assert from 'node:assert/strict';
import type { OutboxEntry } from '../../../../lib/client/journal/outgoing/outbox';
import type { Waiting } from '../../../../lib/client/sending/queued-reasons';
import { ReasonChanges } from '../../../../lib/client/sending/reason-changes';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';

describe('what a message waits for', () => {
  let time: SimulatedTime;
  let waiting: Waiting | undefined;
  let told: string[];
  let changes: ReasonChanges;
  let entry: OutboxEntry;

  beforeEach(() => {
    time = new SimulatedTime();
    told = [];
    entry = {
      sequence: 1,
      messageId: new Uint8Array(32),
      friend: new Uint8Array(32),
      type: 0,
      size: 1,
      lifetime: 1000,
      acceptedAt: 0,
      createdAt: 0,
      ref: { slot: 1, serial: 1 },
      keys: [],
      copies: [],
      stored: false,
      told: 0,
    };
    waiting = { reason: 'no-storage-node' };
    changes = new ReasonChanges(
      {
        clock: time.clock,
        reasons: { of: () => waiting },
        outcomes: {
          queued: (_entry, { reason = 'none', code, wanted }) => told.push([reason, code, wanted].join(' ')),
        },
      },
      { wanted: 3 },
    );
    changes.noteTold(entry, waiting);
  });

  it('is told when it changes, and not again while it stays', () => {
    changes.look(entry);
    waiting = { reason: 'not-connected' };
    changes.look(entry);
    changes.look(entry);
    waiting = { reason: 'refused', code: 'rate' };
    changes.look(entry);
    waiting = { reason: 'refused', code: 'node-full' };
    changes.look(entry);
    assert.deepEqual(told, ['not-connected  3', 'refused rate 3', 'refused node-full 3']);
  });

  it('is nothing any more only when the message has been on its way for 10 s', async () => {
    waiting = undefined;
    assert.equal(changes.look(entry), time.clock.monotonic() + 10_000);
    await time.advance(9_000);
    changes.look(entry);
    assert.deepEqual(told, []);
    await time.advance(1_000);
    assert.equal(changes.look(entry), Infinity);
    assert.deepEqual(told, ['none  3']);
  });

  it('is not told when the message was on its way for a moment', async () => {
    waiting = undefined;
    changes.look(entry);
    await time.advance(9_000);
    waiting = { reason: 'no-storage-node' };
    changes.look(entry);
    waiting = undefined;
    changes.look(entry);
    await time.advance(9_000);
    changes.look(entry);
    assert.deepEqual(told, []);
  });

  it('is not told of one that is stored, and is again when that copy counts no more', () => {
    entry.told = 1;
    waiting = { reason: 'not-connected' };
    changes.look(entry);
    assert.deepEqual(told, []);
    entry.told = 0;
    waiting = { reason: 'no-prekeys' };
    changes.look(entry);
    assert.deepEqual(told, ['no-prekeys  3']);
  });

  it('is told after a restart from the first change on', () => {
    const restarted = { ...entry };
    waiting = { reason: 'not-connected' };
    changes.look(restarted);
    assert.deepEqual(told, []);
    waiting = { reason: 'no-storage-node' };
    changes.look(restarted);
    assert.deepEqual(told, ['no-storage-node  3']);
  });
});
