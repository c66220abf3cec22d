import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chooseCryptoProvider, joinText } from '../../../lib/index';
import { short, stranger } from '../support/fake-tox';
import { until } from '../support/node-red';
import { ToxBench } from '../support/tox-bench';

describe('tox-transport on libtoxcore', function () {
  let bench: ToxBench;

  beforeEach(() => {
    bench = new ToxBench();
  });

  afterEach(() => bench.red.stop());

  it('passes friend requests on, and accepts who the flow accepts', async () => {
    await bench.started();
    const bob = stranger();
    bench.tox.ask(bob.publicKey, 'Let me in');
    const { friend, payload } = await bench.red.wait('out', ({ topic }) => topic === 'tox/request');
    assert.deepEqual([friend, payload], [bob.key, 'Let me in']);
    assert.equal(bench.manager.friends().length, 0);
    await bench.act({ action: 'accept', friend, name: 'Bob' });
    assert.deepEqual(bench.manager.resolveFriend('Bob'), bob.publicKey);
    assert.ok(bench.tox.calls.includes(`accept ${short(bob.publicKey)}`));
    const told = await bench.red.wait(
      'out',
      ({ topic, _msgid }) => topic === 'tox/friends' && _msgid !== friend,
    );
    assert.equal((told.payload as { friend: string }[])[0]?.friend, bob.key);
  });

  it('hears of 20 friend requests at once, however many come', async () => {
    await bench.started();
    for (let n = 0; n < 40; n += 1) bench.tox.ask(stranger().publicKey, `${n}`);
    const heard = () => bench.red.probes.all('out').filter(({ topic }) => topic === 'tox/request');
    await until('the flow hears of 20', () => heard().length >= 20);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(
      heard().map(({ payload }) => payload),
      Array.from({ length: 20 }, (_, n) => `${n}`),
    );
  });

  it('accepts those on the list by itself, and asks about others', async () => {
    const [listed, byId, other] = [stranger(), stranger(), stranger()];
    await bench.started({}, { admission: 'list', allowed: `${listed.key}, ${byId.toxId}` });
    for (const { publicKey } of [listed, byId, other]) bench.tox.ask(publicKey, 'Please');
    const { friend } = await bench.red.wait('out', ({ topic }) => topic === 'tox/request');
    assert.equal(friend, other.key);
    await until('both are friends', () => bench.manager.friends().length === 2);
    assert.equal(bench.red.probes.all('out').filter(({ topic }) => topic === 'tox/request').length, 1);
  });

  for (const session of [
    { role: 'everyone', admission: 'manual', friendsCap: 8 },
    { admission: 'open', friendsCap: 8 },
  ]) {
    it(`lets everybody in, with ${JSON.stringify(session)}: the longest unseen makes room`, async () => {
      await bench.started({}, session);
      const [first, second, third, fourth] = [stranger(), stranger(), stranger(), stranger()];
      const keys = () => bench.manager.friends().map(({ publicKey }) => short(publicKey));
      const letIn = async ({ publicKey }: { publicKey: Uint8Array }) => {
        bench.tox.ask(publicKey, 'Hi');
        await until('it is a friend', () => keys().includes(short(publicKey)));
      };
      await letIn(first);
      await letIn(second);
      bench.tox.lastOnline.set(first.key, 2_000);
      bench.tox.lastOnline.set(second.key, 1_000);
      await letIn(third);
      assert.deepEqual(keys().sort(), [first, third].map(({ publicKey }) => short(publicKey)).sort());
      const marks = bench.manager.preference('friends-admitted') as { friend: string; at: number }[];
      assert.deepEqual(
        marks.map(({ friend, at }) => [friend, typeof at]),
        [first, third].map((each) => [each.key, 'number']),
      );
      bench.tox.meet(first.publicKey);
      bench.tox.meet(third.publicKey);
      bench.tox.ask(fourth.publicKey, 'Me too');
      const full = await bench.red.wait('out', ({ topic }) => topic === 'tox/request');
      assert.equal(full.friend, fourth.key, 'when nobody can make room, the flow decides');
    });
  }

  it('lets devices with a join token in without the flow, up to the cap, and then asks it', async () => {
    const [first, second, third, other] = [stranger(), stranger(), stranger(), stranger()];
    const [token, old] = [Buffer.alloc(24, 1), Buffer.alloc(24, 2)].map((each) => each.toString('base64url'));
    await bench.started({}, { joinTokensFile: 'join-tokens', friendsCap: 2 });
    await writeFile(path.join(bench.red.userDir, 'join-tokens'), `${old} 2020-01-01\n${token}`);
    const join = ({ publicKey }: { publicKey: Uint8Array }, by = 1) =>
      bench.tox.ask(publicKey, joinText(chooseCryptoProvider(), new Uint8Array(24).fill(by), publicKey));
    const asks = ({ key }: { key: string }) =>
      bench.red.wait('out', ({ topic, friend }) => topic === 'tox/request' && friend === key);
    join(other, 2);
    await asks(other);
    join(first);
    join(second);
    await until('both are friends', () => bench.manager.friends().length === 2);
    join(third);
    await asks(third);
    assert.deepEqual(
      bench.manager
        .friends()
        .map(({ publicKey }) => short(publicKey))
        .sort(),
      [first, second].map(({ publicKey }) => short(publicKey)).sort(),
    );
  });
});
