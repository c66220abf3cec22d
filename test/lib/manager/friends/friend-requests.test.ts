import assert from 'node:assert/strict';
import { FriendRequests } from '../../../../lib/manager/friends/friend-requests';

const key = (n: number) => new Uint8Array(32).fill(n);

describe('friend requests that nobody has decided on', () => {
  let requests: FriendRequests;
  let changes: number;

  beforeEach(() => {
    changes = 0;
    requests = new FriendRequests(() => (changes += 1));
  });

  const add = (n: number, text = 'Hello') => requests.add({ publicKey: key(n), text, at: n });

  it('are the newest 20, the newest last', () => {
    for (let n = 1; n <= 22; n += 1) add(n);
    assert.deepEqual(
      requests.list().map(({ publicKey }) => publicKey[0]),
      Array.from({ length: 20 }, (_, i) => i + 3),
    );
    assert.equal(changes, 22);
  });

  it('are one for each who asks, with the newer words', () => {
    add(1);
    add(2);
    add(1, 'Hello again');
    assert.deepEqual(
      requests.list().map(({ text }) => text),
      ['Hello', 'Hello again'],
    );
  });

  it('are gone once somebody decided', () => {
    add(1);
    assert.deepEqual(
      [requests.has(key(1)), requests.remove(key(1)), requests.has(key(1))],
      [true, true, false],
    );
    assert.equal(requests.remove(key(1)), false);
    assert.equal(changes, 2);
  });
});
