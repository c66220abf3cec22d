import assert from 'node:assert/strict';
import { bob, type EngineTest, ids, idsOf } from './engine-under-test';
import { mail } from './sample-mail';

/** Ages, keeping times, renewals and the sweep of what is past its time. */
export function keepingTimeTests(test: EngineTest): void {
  test('counts ages from the deposit', async (under) => {
    await under.put('one');
    under.advance(40);
    const [item] = (await under.listed()).items;
    assert.equal(item?.age, 40);
    assert.equal((await under.engine.get(bob, mail('one').storageId))?.remaining, 60);
  });

  test('shows nothing of mail whose time is over, swept or not', async (under) => {
    const early = await under.put('early', { keepSeconds: 10 });
    const late = await under.put('late', { keepSeconds: 20 });
    under.advance(9);
    assert.deepEqual(ids(await under.listed()), idsOf(early, late));
    under.advance(1);
    assert.deepEqual(ids(await under.listed()), idsOf(late));
    assert.equal(await under.engine.get(bob, early.storageId), undefined);
    assert.equal(await under.engine.renew(bob, early.storageId, 100), undefined);
    assert.equal(await under.engine.delete(bob, early.storageId), false);
  });

  test('stores an envelope again after its time, before the sweep as after it', async (under) => {
    await under.put('one', { keepSeconds: 10 });
    under.advance(10);
    const again = await under.put('one', { keepSeconds: 10 });
    assert.deepEqual(ids(await under.listed()), idsOf(again));
    assert.deepEqual(under.engine.total(), { messages: 1, bytes: 287 });
    assert.equal(await under.engine.expire(10), 0);
  });

  test('renews: a longer time is taken, a shorter one is not, and the age restarts', async (under) => {
    const { storageId } = await under.put('one', { keepSeconds: 100 });
    under.advance(60);
    assert.deepEqual(await under.engine.renew(bob, storageId, 10), { remaining: 40 });
    assert.equal((await under.engine.get(bob, storageId))?.age, 0);
    assert.deepEqual(await under.engine.renew(bob, storageId, 90), { remaining: 90 });
    under.advance(89);
    assert.equal(await under.engine.expire(10), 0);
    assert.equal((await under.engine.get(bob, storageId))?.remaining, 1);
    under.advance(1);
    assert.equal(await under.engine.expire(10), 1);
  });

  test('applies a put and the operations that follow it at once in their order', async (under) => {
    const one = mail('one', { keepSeconds: 10 });
    const [, renewed, deleted, again] = await Promise.all([
      under.engine.put(one),
      under.engine.renew(bob, one.storageId, 50),
      under.engine.delete(bob, one.storageId),
      under.engine.renew(bob, one.storageId, 50),
    ]);
    assert.deepEqual([renewed, deleted, again], [{ remaining: 50 }, true, undefined]);
    assert.deepEqual(under.engine.total(), { messages: 0, bytes: 0 });
    under.advance(60);
    assert.equal(await under.engine.expire(10), 0);
  });

  test('sweeps what is past its time and nothing else, up to the number asked for', async (under) => {
    for (let n = 0; n < 5; n++)
      await under.put(`short ${n}`, { keepSeconds: 10, to: n % 2 ? 'bob' : 'carol' });
    const kept = await under.put('kept', { keepSeconds: 11 });
    under.advance(10);
    assert.equal(under.engine.total().messages, 6);
    assert.equal(await under.engine.expire(3), 3);
    assert.equal(await under.engine.expire(3), 2);
    assert.equal(await under.engine.expire(3), 0);
    assert.deepEqual(ids(await under.listed()), idsOf(kept));
    assert.deepEqual(under.engine.total(), { messages: 1, bytes: 287 });
  });

  test('does not sweep what was renewed at the same moment', async (under) => {
    const { storageId } = await under.put('one', { keepSeconds: 10 });
    under.advance(9);
    const renewal = under.engine.renew(bob, storageId, 50);
    under.advance(1);
    const [renewed, swept] = await Promise.all([renewal, under.engine.expire(10)]);
    // Either came first; the record is there exactly when it was renewed.
    assert.equal(swept, renewed ? 0 : 1);
    assert.equal((await under.engine.get(bob, storageId)) !== undefined, renewed !== undefined);
  });

  test('sweeps and counts once what is deleted at the same moment', async (under) => {
    const { storageId } = await under.put('one', { keepSeconds: 10 });
    await under.put('two');
    under.advance(10);
    const [, swept] = await Promise.all([under.engine.delete(bob, storageId), under.engine.expire(10)]);
    assert.equal(swept, 0);
    assert.deepEqual(under.engine.total(), { messages: 1, bytes: 287 });
  });
}
