import assert from 'node:assert/strict';
import { toHex } from '../../bytes';
import { STRANGER, type TransportTest } from './transport-under-test';

/** Friends, and what a transport says of itself and of them. */
export function statusTests(test: TransportTest): void {
  test('has a public key, and knows its friends and not itself', ({ a, b }) => {
    assert.equal(a.self.length, 32);
    assert.deepEqual(a.friends().map(toHex), [toHex(b.self)]);
    assert.deepEqual(b.friends().map(toHex), [toHex(a.self)]);
  });

  test('is online, sees its friend online, and has said both', ({ a, atA, b }) => {
    assert.ok(a.isOnline());
    assert.ok(a.isFriendOnline(b.self));
    assert.equal(a.isFriendOnline(STRANGER), false);
    assert.equal(atA.online, true);
    assert.equal(atA.friends.get(toHex(b.self)), true);
  });

  test('may be started again while it runs, without effect', async ({ a, atA, b }) => {
    await a.start(atA);
    assert.ok(a.isFriendOnline(b.self));
    assert.deepEqual(atA.calls, []);
  });
}
