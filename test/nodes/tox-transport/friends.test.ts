import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import {
  chooseCell,
  chooseCryptoProvider,
  formatCellUri,
  joinText,
  parseToxId,
  toHex,
} from '../../../lib/index';
import { FakeTox, short, stranger } from '../support/fake-tox';
import { managerOf, until } from '../support/node-red';
import { ToxBench, toxFlow } from '../support/tox-bench';

describe('tox-transport on libtoxcore', function () {
  let bench: ToxBench;

  beforeEach(() => {
    bench = new ToxBench();
  });

  afterEach(() => bench.red.stop());

  it('sends a friend request, and gives the friend a name', async () => {
    await bench.started();
    const phone = stranger();
    const answer = await bench.act({
      action: 'add-friend',
      friend: phone.toxId,
      name: 'Phone',
      message: 'It is me, the sensor',
    });
    assert.ok(bench.tox.calls.includes(`request ${short(phone.publicKey)} It is me, the sensor`));
    assert.deepEqual([answer.topic, answer.friend, answer.friendName], ['tox/friends', phone.key, 'Phone']);
    const friend = { ownName: 'qTox User', statusMessage: 'Toxing', status: 'available', online: false };
    assert.deepEqual(answer.payload, [{ friend: phone.key, friendName: 'Phone', ...friend }]);
    assert.deepEqual(bench.manager.resolveFriend('Phone'), phone.publicKey);
    await bench.act({ action: 'add-friend', friend: stranger().toxId });
    assert.match(bench.tox.calls.filter((call) => call.startsWith('request')).at(-1) ?? '', /Hello/);
  });

  it('joins the cell that its own key chooses, once: the collector and the storage nodes of it', async () => {
    const cells = [1, 2, 3].map(() => ({ collector: stranger().toxId, nodes: [stranger().toxId] }));
    const token = new Uint8Array(24).fill(1);
    await bench.started();
    await bench.red.deploy(toxFlow({}, { credentials: { cell: formatCellUri({ token, cells }) } }), 'nodes');
    await until('there is another transport', () => bench.made.length === 2);
    bench.manager = await managerOf(bench.red, 'ann-session');
    // The network goes and comes while they are being asked.
    await bench.act({ action: 'disconnect' });
    await bench.act({ action: 'connect' });
    await until('both are asked', () => bench.manager.friends().filter(({ name }) => name).length === 2);
    const requests = () => bench.made[1]!.calls.filter((call) => call.startsWith('request'));
    const crypto = chooseCryptoProvider();
    const chosen = chooseCell(crypto, bench.manager.publicKey, cells)!;
    const text = joinText(crypto, token, bench.manager.publicKey);
    const members = [chosen.collector, ...chosen.nodes].map((toxId) => parseToxId(toxId).publicKey);
    const asked = () => (bench.manager.preference('cell-asked') as string[] | undefined)?.length;
    await until('it is known that they were', () => asked() === members.length);
    assert.deepEqual(
      requests(),
      members.map((key) => `request ${short(key)} ${text}`),
    );
    assert.deepEqual(
      ['collector', 'node-1'].map((name) => bench.manager.resolveFriend(name)),
      members,
    );
    await bench.act({ action: 'disconnect' });
    await bench.act({ action: 'connect' });
    await bench.act({ action: 'list-friends' });
    assert.equal(requests().length, 2);

    // The collector accepted, its node did not, and the token was changed.
    await bench.act({ action: 'disconnect' });
    const other = new Uint8Array(24).fill(2);
    await bench.red.deploy(
      toxFlow({}, { credentials: { cell: formatCellUri({ token: other, cells }) } }),
      'nodes',
    );
    await until('there is a third transport', () => bench.made.length === 3);
    const [collector, unanswered] = members.map(short);
    bench.made[2]!.lastOnline.set(toHex(members[0]!), 1_000);
    await bench.act({ action: 'connect' });
    const otherText = joinText(crypto, other, bench.manager.publicKey);
    const calls = () => bench.made[2]!.calls.filter((call) => /^(request|remove) /.test(call));
    await until('all are asked', () => calls().length === 4);
    assert.deepEqual(calls(), [
      `request ${collector} ${otherText}`,
      // Tox asks nobody twice, but says so if the request could not be sent.
      `request ${unanswered} ${otherText}`,
      `remove ${unanswered}`,
      `request ${unanswered} ${otherText}`,
    ]);
  });

  it('ends a friendship, by name', async () => {
    await bench.started();
    const bob = stranger();
    await bench.act({ action: 'accept', friend: bob.key, name: 'Bob' });
    const answer = await bench.act({ action: 'remove-friend', friend: 'Bob' });
    assert.deepEqual(answer.payload, []);
    assert.ok(bench.tox.calls.includes(`remove ${short(bob.publicKey)}`));
    assert.equal((await bench.failed({ action: 'remove-friend', friend: 'Bob' })).code, 'ErrUnknownFriend');
  });

  it('allows ordinary messages to a friend who once used the extension, and takes that back', async () => {
    await bench.started();
    const bob = stranger();
    await bench.act({ action: 'accept', friend: bob.key, name: 'Bob' });
    const allowed: [string, boolean][] = [];
    bench.manager.allowPlainMessages = (friend, may) => {
      allowed.push([Buffer.from(friend).toString('hex'), may]);
      return Promise.resolve();
    };
    await bench.act({ action: 'allow-plain', friend: 'Bob' });
    await bench.act({ action: 'allow-plain', friend: 'Bob', payload: false });
    assert.deepEqual(allowed, [
      [bob.key, true],
      [bob.key, false],
    ]);
    assert.equal((await bench.failed({ action: 'allow-plain', friend: 'Carl' })).code, 'ErrUnknownFriend');
    assert.equal(
      (await bench.failed({ action: 'allow-plain', friend: 'Bob', payload: 'maybe' })).code,
      'ErrInvalidArgument',
    );
  });

  it('sends a friend request to each Tox ID in the list of the session, once', async () => {
    const [byId, byKey, seen] = [stranger(), stranger(), stranger()];
    const friends = [byId.toxId, byKey.key, seen.toxId].map((key, index) => ({ name: `f${index}`, key }));
    await bench.start({ atStart: 'offline' }, { friends });
    bench.tox.lastOnline.set(seen.key, 1_000);
    await bench.act({ action: 'connect' });
    const requests = (fake: FakeTox) => fake.calls.filter((call) => call.startsWith('request'));
    await until('the request is out', () => requests(bench.tox).length > 0);
    assert.match(requests(bench.tox)[0]!, new RegExp(`^request ${short(byId.publicKey)} Hello`));
    await until('it is remembered', () => bench.manager.preference('friends-asked') !== undefined);
    assert.equal(bench.manager.friends().length, 3);
    await bench.red.deploy(toxFlow({ atStart: 'online' }, { friends }), 'nodes');
    await until('there is another transport', () => bench.made[1]?.running === true);
    await delay(50);
    assert.deepEqual([requests(bench.tox).length, requests(bench.made[1]!)], [1, []]);
  });
});
