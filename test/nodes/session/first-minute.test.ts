import assert from 'node:assert/strict';
import { AsyncManager, ToxAsyncError } from '../../../lib/index';
import { SimulatedTime } from '../../../lib/testing/simulated-platform';
import { SignalList } from '../../../nodes/runtime/handlers/signal-list';
import { FirstMinute } from '../../../nodes/session/first-minute';

describe('The first minute on a virtual network', () => {
  let time: SimulatedTime;
  let minute: FirstMinute;
  let changed: SignalList;
  const known = new Map<string, Uint8Array>();
  const manager = Object.create(AsyncManager.prototype, {
    resolveFriend: {
      value: (name: string) => {
        const key = known.get(name);
        if (key === undefined) throw new ToxAsyncError('ErrUnknownFriend', name);
        return key;
      },
    },
  }) as AsyncManager;
  const unknown = new ToxAsyncError('ErrUnknownFriend', 'x');

  beforeEach(() => {
    time = new SimulatedTime();
    changed = new SignalList();
    known.clear();
    minute = new FirstMinute(time.timers, changed);
  });

  it('is over before it began, and a minute after it did, counted from the last beginning', async () => {
    assert.equal(minute.isOn, false);
    minute.begin();
    await time.advance(30_000);
    minute.begin();
    await time.advance(59_999);
    assert.equal(minute.isOn, true);
    await time.advance(1);
    assert.equal(minute.isOn, false);
  });

  it('lets only names wait, and only while nobody has them', () => {
    assert.equal(minute.mayStillCome('Ann', unknown), false);
    minute.begin();
    assert.equal(minute.mayStillCome('Ann', unknown), true);
    assert.equal(minute.mayStillCome('ab'.repeat(32), unknown), false);
    assert.equal(minute.mayStillCome('Ann', new ToxAsyncError('ErrAmbiguousFriend', 'x')), false);
  });

  it('brings the friend as soon as there is one of that name', async () => {
    minute.begin();
    const found = minute.friend(manager, 'Ann');
    changed.emit();
    known.set('Ann', Uint8Array.of(1));
    changed.emit();
    assert.deepEqual(await found, Uint8Array.of(1));
  });

  it('ends a name that nobody has with the error that it had', async () => {
    minute.begin();
    const found = minute.friend(manager, 'Ann');
    const refused = assert.rejects(found, { code: 'ErrUnknownFriend' });
    await time.advance(60_000);
    await refused;
    await assert.rejects(minute.friend(manager, 'Ann'), { code: 'ErrUnknownFriend' });
  });
});
