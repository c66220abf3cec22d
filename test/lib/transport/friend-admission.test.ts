import assert from 'node:assert/strict';
import { toHex } from '../../../lib/bytes';
import {
  type AdmissionPolicy,
  type Candidate,
  FriendAdmission,
} from '../../../lib/transport/friend-admission';

const key = (n: number) => new Uint8Array(32).fill(n);

function admission(policy: AdmissionPolicy) {
  const friends: Candidate[] = [];
  const mail = new Set<string>();
  let marks: readonly string[] = [];
  const gate = new FriendAdmission({
    policy,
    friends: () => friends,
    holdsMailFor: (friend) => mail.has(toHex(friend)),
    admitted: () => marks,
    saveAdmitted: async (keys) => {
      marks = keys;
    },
    accept: async (publicKey) => {
      friends.push({ publicKey, online: false, lastOnline: undefined });
    },
    remove: async (publicKey) => {
      friends.splice(
        friends.findIndex((friend) => toHex(friend.publicKey) === toHex(publicKey)),
        1,
      );
    },
  });
  const seen = (n: number, lastOnline: number, online = false) => {
    const at = friends.findIndex((friend) => toHex(friend.publicKey) === toHex(key(n)));
    friends[at] = { publicKey: key(n), online, lastOnline };
  };
  return { gate, friends, mail, seen, numbers: () => friends.map(({ publicKey }) => publicKey[0]) };
}

describe('admission of friend requests', () => {
  it('leaves every request to a person when it is manual', async () => {
    const { gate, numbers } = admission({ kind: 'manual' });
    assert.equal(await gate.onRequest(key(1)), 'ask');
    assert.deepEqual(numbers(), []);
  });

  it('accepts those on the list and leaves the others to a person', async () => {
    const { gate, numbers } = admission({ kind: 'list', allowed: [key(2)] });
    assert.equal(await gate.onRequest(key(1)), 'ask');
    assert.equal(await gate.onRequest(key(2)), 'accepted');
    assert.deepEqual(numbers(), [2]);
  });

  it('accepts everybody up to the cap, then drops who was not seen for the longest time', async () => {
    const { gate, seen, numbers } = admission({ kind: 'open', cap: 3 });
    for (const n of [1, 2, 3]) assert.equal(await gate.onRequest(key(n)), 'accepted');
    seen(1, 300);
    seen(2, 100);
    seen(3, 200);
    assert.equal(await gate.onRequest(key(4)), 'accepted');
    assert.deepEqual(numbers(), [1, 3, 4]);
  });

  it('keeps whoever is online or has mail here, and is full when all have', async () => {
    const { gate, seen, mail, numbers } = admission({ kind: 'open', cap: 2 });
    for (const n of [1, 2]) await gate.onRequest(key(n));
    seen(1, 100, true);
    mail.add(toHex(key(2)));
    assert.equal(await gate.onRequest(key(3)), 'full');
    assert.deepEqual(numbers(), [1, 2]);
    mail.clear();
    assert.equal(await gate.onRequest(key(3)), 'accepted');
    assert.deepEqual(numbers(), [1, 3]);
  });

  it('never drops a friend whom the user made, nor counts it', async () => {
    const { gate, friends, numbers } = admission({ kind: 'open', cap: 1 });
    friends.push({ publicKey: key(9), online: false, lastOnline: 1 });
    await gate.onRequest(key(1));
    await gate.onRequest(key(2));
    assert.deepEqual(numbers(), [9, 2]);
  });

  it('takes requests that come together one by one', async () => {
    const { gate, numbers } = admission({ kind: 'open', cap: 2 });
    await Promise.all([1, 2, 3, 4].map((n) => gate.onRequest(key(n))));
    assert.equal(numbers().length, 2);
  });

  it('makes no room for somebody who is a friend already', async () => {
    const { gate, numbers } = admission({ kind: 'open', cap: 1 });
    await gate.onRequest(key(1));
    assert.equal(await gate.onRequest(key(1)), 'accepted');
    assert.equal(new Set(numbers()).size, 1);
  });
});
