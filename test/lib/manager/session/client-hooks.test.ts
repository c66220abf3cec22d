import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import type { AsyncClientHooks } from '../../../../lib/client/client-options';
import { ToxAsyncError } from '../../../../lib/errors';
import { clientHooks } from '../../../../lib/manager/session/client-hooks';
import type { AsyncManagerEvents } from '../../../../lib/manager/events';
import { Emitter } from '../../../../lib/platform/emitter';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { silentLogger } from '../../../../lib/types';

const HOUR = 3_600_000;
const bob = new Uint8Array(32).fill(1);
const cat = new Uint8Array(32).fill(2);
const nodeOf = (number: number) => ({ publicKey: new Uint8Array(32).fill(number), toxId: `ID ${number}` });

describe('what a session tells of its friends', () => {
  let friends: Uint8Array[];
  let time: SimulatedTime;
  let events: Emitter<AsyncManagerEvents>;
  let hooks: AsyncClientHooks;
  let told: string[];
  /** Keys of each friend that are left. */
  let left: number;
  /** Lines of the log, by level. */
  let logged: string[];

  beforeEach(() => {
    friends = [bob, cat];
    time = new SimulatedTime();
    told = [];
    left = 100;
    logged = [];
    const log = {
      ...silentLogger,
      debug: (text: string) => logged.push(`debug ${text}`),
      error: (text: string) => logged.push(`error ${text}`),
    };
    events = new Emitter<AsyncManagerEvents>((error) => {
      throw error;
    });
    events.on('identity-in-use-elsewhere', ({ friend }) => told.push(`elsewhere ${friend[0]}`));
    events.on('keys-low', ({ friend, sendable }) => told.push(`${friend[0]} low ${sendable}`));
    events.on('keys-exhausted', ({ friend }) => told.push(`${friend[0]} exhausted`));
    events.on('node-suggested', ({ friend, toxId }) => told.push(`${friend[0]} names ${toxId}`));
    hooks = clientHooks({
      events,
      keyUse: { note: () => undefined },
      history: { note: () => undefined },
      unfinished: () => 0,
      forwardSecurity: { held: { sendable: () => left }, issued: { liveCount: () => 100 } },
      clock: time.clock,
      friends: { has: (pk) => friends.some((friend) => toHex(friend) === toHex(pk)) },
      log,
    });
  });

  /** Bob is removed and added again. */
  function leaveAndReturn(): void {
    friends = [cat];
    events.emit('friends-changed', undefined);
    friends = [bob, cat];
    events.emit('friends-changed', undefined);
    told = [];
  }

  it('is the warning of a second copy once an hour, of each friend', async () => {
    hooks.onElsewhere(bob);
    hooks.onElsewhere(bob);
    hooks.onElsewhere(cat);
    await time.advance(HOUR - 1);
    hooks.onElsewhere(bob);
    assert.deepEqual(told, ['elsewhere 1', 'elsewhere 2']);
    await time.advance(1);
    hooks.onElsewhere(bob);
    assert.equal(told.length, 3);
  });

  it('is once that few keys of a friend are left, however many messages took theirs at once', () => {
    const spend = (count: number, times: number) => {
      left = count;
      for (let i = 0; i < times; i++) hooks.onKeySpent(bob);
    };
    spend(20, 3);
    assert.deepEqual(told, []);
    // A burst: no message sees the count go from 20 to 19.
    spend(10, 90);
    hooks.onKeySpent(cat);
    assert.deepEqual(told, ['1 low 10', '2 low 10']);
    spend(0, 10);
    assert.deepEqual(told.slice(2), ['1 exhausted']);
  });

  it('is that few keys are left again, after new ones came', () => {
    left = 5;
    hooks.onKeySpent(bob);
    left = 100;
    hooks.onKeysExchanged(bob);
    left = 19;
    hooks.onKeySpent(bob);
    assert.deepEqual(told, ['1 low 5', '1 low 19']);
    left = 12;
    hooks.onKeysExchanged(bob);
    left = 11;
    hooks.onKeySpent(bob);
    assert.equal(told.length, 2);
  });

  it('is each open node of a friend once, but no friend, and 16 at most', () => {
    hooks.onOpenNodes(bob, [nodeOf(7), nodeOf(2), nodeOf(7)]);
    hooks.onOpenNodes(cat, [nodeOf(7)]);
    assert.deepEqual(told, ['1 names ID 7', '2 names ID 7']);
    hooks.onOpenNodes(
      bob,
      Array.from({ length: 40 }, (_, i) => nodeOf(100 + i)),
    );
    assert.equal(told.length, 2 + 15);
  });

  it('hears again of a friend that was removed in between, and of no other', () => {
    for (const friend of friends) {
      hooks.onElsewhere(friend);
      hooks.onOpenNodes(friend, [nodeOf(7)]);
    }
    leaveAndReturn();
    for (const friend of friends) {
      hooks.onElsewhere(friend);
      hooks.onOpenNodes(friend, [nodeOf(7)]);
    }
    assert.deepEqual(told, ['elsewhere 1', '1 names ID 7']);
  });

  it('is an error in the log when something fails, but not when a node asks to come later', () => {
    hooks.onError(new ToxAsyncError('ErrRateLimited', 'Come later.'));
    assert.deepEqual(logged, ['debug Come later.']);
    hooks.onError(new ToxAsyncError('ErrStore', 'The disk failed.'));
    hooks.onError(new Error('A surprise.'));
    assert.deepEqual(logged.slice(1), ['error ErrStore: The disk failed.', 'error A surprise.']);
  });
});
