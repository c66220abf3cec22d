import assert from 'node:assert/strict';
import { toHex } from '../../../lib/bytes';
import {
  type AdmissionPolicy,
  type Admitted,
  type Candidate,
  FriendAdmission,
  type JoinPolicy,
} from '../../../lib/transport/friend-admission';

const HOUR = 3600;
const WEEK = 7 * 24 * HOUR;

const key = (n: number) => new Uint8Array(32).fill(n);
const numberOf = (publicKey: Uint8Array) => publicKey[0] ?? NaN;

function admission(policy: AdmissionPolicy, joins?: JoinPolicy) {
  const friends: Candidate[] = [];
  /** Who left mail for whom. */
  const mail = new Map<number, number>();
  let marks: readonly Admitted[] = [];
  let age = 0;
  const logged: string[] = [];
  const makeGate = (rules: AdmissionPolicy) =>
    new FriendAdmission({
      policy: rules,
      ...(joins && { joins }),
      log: { error: (text) => logged.push(text) },
      friends: () => [...friends],
      holdsMailFor: (friend, submitters) => {
        const from = mail.get(numberOf(friend));
        return submitters.some((submitter) => numberOf(submitter) === from);
      },
      admitted: () => marks,
      saveAdmitted: async (list) => {
        marks = list;
      },
      age: () => age,
      accept: async (publicKey) => {
        friends.push({ publicKey, online: false, lastOnline: undefined });
      },
      remove: async (publicKey) => {
        const at = friends.findIndex((friend) => toHex(friend.publicKey) === toHex(publicKey));
        friends.splice(at, 1);
      },
    });
  let gate = makeGate(policy);
  return {
    friends,
    mail,
    logged,
    marks: () => marks,
    ask: (n: number, text = '') => gate.onRequest(key(n), text),
    askAll: async (from: number, to: number) => {
      const verdicts: string[] = [];
      for (let n = from; n <= to; n++) verdicts.push(await gate.onRequest(key(n), ''));
      return verdicts;
    },
    /** Lets in all of them, however long that takes. */
    letIn: async (from: number, to: number) => {
      for (let n = from; n <= to; n++) {
        while ((await gate.onRequest(key(n), '')) === 'too-fast') age += HOUR / 10;
      }
    },
    seen: (n: number, lastOnline: number | undefined, online = false) => {
      const at = friends.findIndex(({ publicKey }) => numberOf(publicKey) === n);
      friends[at] = { publicKey: key(n), online, lastOnline };
    },
    made: (n: number) => friends.push({ publicKey: key(n), online: false, lastOnline: 1 }),
    pass: (seconds: number) => {
      age += seconds;
    },
    restart: (rules = policy) => {
      gate = makeGate(rules);
    },
    numbers: () => friends.map(({ publicKey }) => numberOf(publicKey)),
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('admission of friend requests', () => {
  it('leaves every request to a person when it is manual', async () => {
    const { ask, numbers } = admission({ kind: 'manual' });
    assert.equal(await ask(1), 'ask');
    assert.deepEqual(numbers(), []);
  });

  it('accepts those on the list and leaves the others to a person', async () => {
    const { ask, numbers } = admission({ kind: 'list', allowed: [key(2)] });
    assert.equal(await ask(1), 'ask');
    assert.equal(await ask(2), 'accepted');
    assert.deepEqual(numbers(), [2]);
  });

  it('accepts newcomers up to a quarter of the cap, then drops the one not seen for the longest time', async () => {
    const { ask, askAll, seen, numbers } = admission({ kind: 'open', cap: 12 });
    assert.deepEqual(await askAll(1, 3), ['accepted', 'accepted', 'accepted']);
    seen(1, 300);
    seen(2, 100);
    seen(3, 200);
    assert.equal(await ask(4), 'accepted');
    assert.deepEqual(numbers(), [1, 3, 4]);
  });

  it('keeps friends who are online or have mail of a friend here, and is full when all have', async () => {
    const { ask, askAll, seen, made, mail, numbers } = admission({ kind: 'open', cap: 8 });
    made(9);
    await askAll(1, 2);
    seen(1, 100, true);
    mail.set(2, 9);
    assert.equal(await ask(3), 'full');
    assert.deepEqual(numbers(), [9, 1, 2]);
    mail.clear();
    assert.equal(await ask(3), 'accepted');
    assert.deepEqual(numbers(), [9, 1, 3]);
  });

  it('lets nobody keep a place by mail of others who were let in', async () => {
    const { ask, askAll, mail, numbers } = admission({ kind: 'open', cap: 8 });
    await askAll(1, 2);
    mail.set(1, 2);
    mail.set(2, 1);
    assert.equal(await ask(3), 'accepted');
    assert.deepEqual(numbers(), [2, 3]);
  });

  it('never drops a friend whom the user made, nor counts it', async () => {
    const { ask, made, numbers } = admission({ kind: 'open', cap: 1 });
    made(9);
    await ask(1);
    await ask(2);
    assert.deepEqual(numbers(), [9, 2]);
  });

  it('takes requests that come together one by one', async () => {
    const { ask, numbers } = admission({ kind: 'open', cap: 8 });
    await Promise.all([1, 2, 3, 4].map((n) => ask(n)));
    assert.equal(numbers().length, 2);
  });

  it('makes no room for somebody who is a friend already, and counts no admission', async () => {
    const { ask, marks, numbers } = admission({ kind: 'open', cap: 1 });
    for (let i = 0; i < 30; i++) assert.equal(await ask(1), 'accepted');
    assert.equal(new Set(numbers()).size, 1);
    assert.equal(marks().length, 1);
    assert.equal(await ask(2), 'accepted');
  });

  it('forgets the marks of those who were removed by hand', async () => {
    const { ask, friends, marks } = admission({ kind: 'open' });
    await ask(1);
    friends.length = 0;
    await ask(2);
    assert.deepEqual(marks(), [{ friend: toHex(key(2)), at: 0 }]);
  });

  it('lets in 20 at once and 10 an hour after that', async () => {
    const { askAll, pass } = admission({ kind: 'open' });
    const accepted = (verdicts: string[]) => verdicts.filter((verdict) => verdict === 'accepted').length;
    const first = await askAll(1, 40);
    assert.equal(accepted(first), 20);
    assert.equal(first.at(-1), 'too-fast');
    pass(HOUR);
    assert.equal(accepted(await askAll(41, 80)), 10);
    pass(100 * HOUR);
    assert.equal(accepted(await askAll(81, 120)), 20);
  });

  it('counts no admission for a request that finds no room', async () => {
    const { ask, askAll, seen } = admission({ kind: 'open', cap: 4 });
    await ask(1);
    seen(1, 1, true);
    assert.deepEqual(new Set(await askAll(2, 60)), new Set(['full']));
    seen(1, 1);
    assert.equal(await ask(61), 'accepted');
  });

  it('remembers over a restart how long somebody has been here', async () => {
    const { ask, pass, restart, numbers } = admission({ kind: 'open', cap: 8 });
    await ask(1);
    pass(WEEK - 1);
    restart();
    await ask(2);
    await ask(3);
    assert.deepEqual(numbers(), [2, 3], 'the first was still a newcomer');
    pass(WEEK);
    restart();
    for (const n of [4, 5, 6]) await ask(n);
    assert.deepEqual(numbers(), [2, 3, 5, 6]);
  });

  it('keeps the newcomers of a week in a newcomer place while no other is free', async () => {
    const { letIn, pass, numbers } = admission({ kind: 'open', cap: 8 });
    for (let n = 1; n <= 7; n += 2) {
      await letIn(n, n + 1);
      pass(WEEK);
    }
    assert.deepEqual(numbers(), range(1, 8));
    await letIn(9, 9);
    assert.deepEqual(numbers(), [...range(1, 6), 8, 9], 'the first six settled');
    await letIn(10, 10);
    assert.deepEqual(numbers(), [...range(1, 6), 9, 10]);
  });

  it('keeps no more newcomers than fit when the cap was lowered', async () => {
    const { letIn, ask, restart, numbers } = admission({ kind: 'open', cap: 40 });
    await letIn(1, 10);
    restart({ kind: 'open', cap: 8 });
    assert.equal(await ask(11), 'accepted');
    assert.deepEqual(numbers(), [10, 11]);
  });

  describe('of devices with a join token', () => {
    const joins = (cap: number): JoinPolicy => ({
      cap,
      proves: async (requester, text) => text === `join:${numberOf(requester)}`,
    });

    it('lets them in without a person up to the cap, however fast, and refuses the others', async () => {
      const { ask, numbers, marks } = admission({ kind: 'manual' }, joins(60));
      for (const n of range(1, 60)) assert.equal(await ask(n, `join:${n}`), 'accepted');
      assert.equal(await ask(61, 'join:61'), 'full');
      assert.deepEqual([numbers(), marks()], [range(1, 60), []]);
      assert.equal(await ask(60, 'join:60'), 'accepted', 'who is in already asks again');
    });

    it('pushes nobody out for them, and never them for others', async () => {
      const { ask, askAll, made, numbers } = admission({ kind: 'open', cap: 4 }, joins(3));
      made(9);
      assert.equal(await ask(1), 'accepted');
      assert.equal(await ask(2, 'join:2'), 'accepted');
      assert.equal(await ask(3, 'join:3'), 'full');
      assert.deepEqual(numbers(), [9, 1, 2]);
      await askAll(4, 6);
      assert.deepEqual(numbers(), [9, 2, 6], "newcomers take each other's place");
    });

    it('goes by the policy while no token can be read, and says so once a minute', async () => {
      const proves = () => Promise.reject(new Error('Line 3 is no token.'));
      const { ask, numbers, logged, pass } = admission(
        { kind: 'list', allowed: [key(2)] },
        { cap: 10, proves },
      );
      assert.equal(await ask(1, 'join:1'), 'ask');
      assert.equal(await ask(2, 'join:2'), 'accepted');
      assert.deepEqual(numbers(), [2]);
      assert.deepEqual(logged, ['No device can join until this is corrected: Line 3 is no token.']);
      pass(60);
      assert.equal(await ask(3, 'join:3'), 'ask');
      assert.equal(logged.length, 2);
    });

    it('leaves who proves nothing to the policy', async () => {
      const { ask, numbers } = admission({ kind: 'list', allowed: [key(2)] }, joins(10));
      assert.equal(await ask(1, 'join:7'), 'ask');
      assert.equal(await ask(2, 'join:7'), 'accepted');
      assert.deepEqual(numbers(), [2]);
    });
  });

  describe('of 120 free identities, on an open node of 70 honest users who are offline', () => {
    const HONEST = range(1, 70);
    const flooded = async (honestFor: number) => {
      const node = admission({ kind: 'open' });
      for (let n = 1; n <= 70; n += 35) {
        await node.letIn(n, n + 34);
        node.pass(honestFor);
      }
      for (const n of HONEST) if (node.numbers().includes(n)) node.seen(n, 1000 + n);
      const left = () => HONEST.filter((n) => node.numbers().includes(n)).length;
      const before = left();
      // Each attacker leaves mail for the next one, and was seen later than everybody honest.
      for (let n = 101; n <= 220; n++) {
        await node.letIn(n, n);
        if (node.numbers().includes(n)) node.seen(n, 5000);
        node.mail.set(n, n - 1);
      }
      return { node, before, left: left() };
    };

    it('pushes out none who has been here for a week, and fills no more than a quarter', async () => {
      const { node, before, left } = await flooded(WEEK);
      assert.deepEqual([before, left], [70, 70]);
      assert.equal(node.numbers().length, 70 + 50);
      node.pass(HOUR);
      assert.equal(await node.ask(230), 'accepted', 'it is not full');
    });

    it('would push out others who are new themselves', async () => {
      const { left } = await flooded(0);
      assert.equal(left, 0);
    });
  });
});
