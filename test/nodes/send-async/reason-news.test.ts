import assert from 'node:assert/strict';
import type { Outcome } from '../../../lib/index';
import { SimulatedTime } from '../../../lib/testing/simulated-platform';
import { ReasonNews } from '../../../nodes/send-async/reason-news';

describe('what a message waits for, at the second output', () => {
  let time: SimulatedTime;
  let told: string[];
  let news: ReasonNews<{ outcome: Outcome }>;

  beforeEach(() => {
    time = new SimulatedTime();
    told = [];
    news = new ReasonNews(time, ({ outcome: { state, reason, messageId } }) =>
      told.push(`${messageId[0]} ${state} ${reason ?? ''}`.trim()),
    );
  });

  const take = (id: number, state: Outcome['state'], reason?: Outcome['reason']) =>
    news.take({
      outcome: {
        messageId: new Uint8Array(32).fill(id),
        friend: new Uint8Array(32),
        state,
        nodes: 0,
        wanted: 3,
        createdAt: 0,
        expiresAt: 0,
        at: 0,
        ...(reason !== undefined && { reason }),
      },
    });

  it('is told at once, then at most once a minute, the last of it', async () => {
    take(1, 'queued', 'not-connected');
    take(1, 'queued', 'no-storage-node');
    take(1, 'queued', 'no-prekeys');
    assert.deepEqual(told, ['1 queued not-connected']);
    await time.advance(59_000);
    assert.equal(told.length, 1);
    await time.advance(1_000);
    assert.deepEqual(told.splice(0), ['1 queued not-connected', '1 queued no-prekeys']);
    await time.advance(60_000);
    take(1, 'queued', 'not-connected');
    assert.deepEqual(told, ['1 queued not-connected']);
  });

  it('holds back no other message', () => {
    take(1, 'queued', 'not-connected');
    take(2, 'queued', 'not-connected');
    assert.equal(told.length, 2);
  });

  it('gives way to every other outcome, and leaves no timer', async () => {
    take(1, 'queued', 'not-connected');
    take(1, 'queued', 'no-storage-node');
    take(1, 'stored');
    assert.equal(time.pendingTimers, 0);
    await time.advance(120_000);
    assert.deepEqual(told, ['1 queued not-connected', '1 stored']);
  });

  it('is told at once when the node ends, so that its next instance gets it', () => {
    take(1, 'queued', 'not-connected');
    take(1, 'queued', 'no-storage-node');
    news.end();
    assert.deepEqual(told, ['1 queued not-connected', '1 queued no-storage-node']);
    assert.equal(time.pendingTimers, 0);
  });
});
