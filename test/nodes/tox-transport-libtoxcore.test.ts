import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  chooseCell,
  chooseCryptoProvider,
  formatCellUri,
  joinText,
  parseToxId,
  toHex,
  ToxAsyncError,
  ToxcoreTransport,
  type AsyncManager,
} from '../../lib/index';
import { FakeTox, short, stranger } from './support/fake-tox';
import { node, probe, storageNode, TAB, transport, WATCH, withChange } from './support/flows';
import { managerOf, NodeRed, until, type FlowEntry } from './support/node-red';

const flow = (net: Record<string, unknown> = {}, session: Record<string, unknown> = {}): FlowEntry[] => [
  TAB,
  ...WATCH,
  storageNode('ann', session),
  transport('net', 'ann-session', { mode: 'libtoxcore', wires: [['out']], ...net }),
  probe('out'),
  { id: 'complete', type: 'complete', z: 'tab', x: 0, y: 0, scope: ['net'], wires: [['completed']] },
  probe('completed'),
];

describe('tox-transport on libtoxcore', function () {
  let red: NodeRed;
  let made: FakeTox[];
  let failures: ToxAsyncError[];
  let manager: AsyncManager;
  let tox: FakeTox;

  const start = async (...config: Parameters<typeof flow>) => {
    red = await NodeRed.start(flow(...config), (options) => {
      const fake = new FakeTox(options, failures);
      made.push(fake);
      return fake;
    });
    manager = await managerOf(red, 'ann-session');
    await until('there is a transport', () => made.length > 0);
    tox = made[0]!;
  };
  const started = async (...config: Parameters<typeof flow>) => {
    await start(...config);
    await until('it runs', () => tox.running);
  };
  const act = async (msg: Record<string, unknown>) => {
    const _msgid = `act ${Math.random()}`;
    red.send('net', { _msgid, ...msg });
    return red.wait('out', (each) => each._msgid === _msgid);
  };
  const failed = async (msg: Record<string, unknown>) => {
    const _msgid = `act ${Math.random()}`;
    red.send('net', { _msgid, ...msg });
    return (await red.wait('errors', (each) => each._msgid === _msgid)).error;
  };

  beforeEach(() => {
    made = [];
    failures = [];
  });

  afterEach(() => red.stop());

  it('hands its settings over: first nodes, protocols, port; and a proxy that nothing goes around', async () => {
    await start({ protocol: 'tcp', port: '40000', localDiscovery: true });
    const { bootstrap, ...settings } = tox.options.settings;
    assert.deepEqual(settings, { udp: false, localDiscovery: true, ports: { first: 40000, last: 40000 } });
    assert.ok(bootstrap.length > 5, 'the list of the package');

    const mine = [{ host: 'tox.example', port: 33445, key: 'ab'.repeat(32) }];
    await writeFile(path.join(red.userDir, 'nodes.json'), JSON.stringify({ nodes: mine }));
    const proxied = { proxy: 'socks5', proxyHost: '', bootstrap: 'nodes.json', localDiscovery: true };
    await red.deploy(flow(proxied), 'nodes');
    await until('there is another transport', () => made.length === 2);
    assert.deepEqual(made[1]?.options.settings, {
      bootstrap: mine,
      proxy: { type: 'socks5', host: '127.0.0.1', port: 9050 },
    });
  });

  it('tells who we are and whether we are online, and shows it', async () => {
    await started();
    await red.status('statuses', 'net', 'connecting');
    tox.connect();
    const self = await red.wait('out', ({ topic, payload }) => topic === 'tox/self' && payload === true);
    assert.equal(self.toxId, manager.toxId);
    assert.equal(self.self, Buffer.from(manager.publicKey).toString('hex'));
    await red.status('statuses', 'net', 'online 0/0');
  });

  it('goes offline and online when asked to, keeps to it, and tells when it really is', async () => {
    await started();
    tox.connect();
    assert.equal((await act({ action: 'disconnect' })).payload, false);
    assert.equal(tox.running, false);
    await red.status('statuses', 'net', 'offline');
    await red.status('statuses', 'ann-session', 'offline');
    await red.deploy(flow({ port: 40000 }), 'nodes');
    await until('there is another transport', () => made.length === 2);
    await delay(50);
    assert.deepEqual(made[1]?.calls, [], 'it stays offline');
    const answer = await act({ action: 'connect' });
    assert.equal(answer.payload, false, 'libtoxcore runs, but is not connected yet');
    const before = red.probes.all('out').length;
    made[1].connect();
    await until('the flow hears', () => red.probes.all('out').length > before);
    assert.equal(red.probes.all('out').at(-1)?.payload, true);
  });

  it('sends a friend request, and gives the friend a name', async () => {
    await started();
    const phone = stranger();
    const answer = await act({
      action: 'add-friend',
      friend: phone.toxId,
      name: 'Phone',
      message: 'It is me, the sensor',
    });
    assert.ok(tox.calls.includes(`request ${short(phone.publicKey)} It is me, the sensor`));
    assert.deepEqual([answer.topic, answer.friend, answer.friendName], ['tox/friends', phone.key, 'Phone']);
    const friend = { ownName: 'qTox User', statusMessage: 'Toxing', status: 'available', online: false };
    assert.deepEqual(answer.payload, [{ friend: phone.key, friendName: 'Phone', ...friend }]);
    assert.deepEqual(manager.resolveFriend('Phone'), phone.publicKey);
    await act({ action: 'add-friend', friend: stranger().toxId });
    assert.match(tox.calls.filter((call) => call.startsWith('request')).at(-1) ?? '', /Hello/);
  });

  it('passes friend requests on, and accepts who the flow accepts', async () => {
    await started();
    const bob = stranger();
    tox.ask(bob.publicKey, 'Let me in');
    const { friend, payload } = await red.wait('out', ({ topic }) => topic === 'tox/request');
    assert.deepEqual([friend, payload], [bob.key, 'Let me in']);
    assert.equal(manager.friends().length, 0);
    await act({ action: 'accept', friend, name: 'Bob' });
    assert.deepEqual(manager.resolveFriend('Bob'), bob.publicKey);
    assert.ok(tox.calls.includes(`accept ${short(bob.publicKey)}`));
    const told = await red.wait('out', ({ topic, _msgid }) => topic === 'tox/friends' && _msgid !== friend);
    assert.equal((told.payload as { friend: string }[])[0]?.friend, bob.key);
  });

  it('hears of 20 friend requests at once, however many come', async () => {
    await started();
    for (let n = 0; n < 40; n += 1) tox.ask(stranger().publicKey, `${n}`);
    const heard = () => red.probes.all('out').filter(({ topic }) => topic === 'tox/request');
    await until('the flow hears of 20', () => heard().length >= 20);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(
      heard().map(({ payload }) => payload),
      Array.from({ length: 20 }, (_, n) => `${n}`),
    );
  });

  it('accepts those on the list by itself, and asks about others', async () => {
    const [listed, byId, other] = [stranger(), stranger(), stranger()];
    await started({}, { admission: 'list', allowed: `${listed.key}, ${byId.toxId}` });
    for (const { publicKey } of [listed, byId, other]) tox.ask(publicKey, 'Please');
    const { friend } = await red.wait('out', ({ topic }) => topic === 'tox/request');
    assert.equal(friend, other.key);
    await until('both are friends', () => manager.friends().length === 2);
    assert.equal(red.probes.all('out').filter(({ topic }) => topic === 'tox/request').length, 1);
  });

  for (const session of [
    { role: 'everyone', admission: 'manual', friendsCap: 8 },
    { admission: 'open', friendsCap: 8 },
  ]) {
    it(`lets everybody in, with ${JSON.stringify(session)}: the longest unseen makes room`, async () => {
      await started({}, session);
      const [first, second, third, fourth] = [stranger(), stranger(), stranger(), stranger()];
      const keys = () => manager.friends().map(({ publicKey }) => short(publicKey));
      const letIn = async ({ publicKey }: { publicKey: Uint8Array }) => {
        tox.ask(publicKey, 'Hi');
        await until('it is a friend', () => keys().includes(short(publicKey)));
      };
      await letIn(first);
      await letIn(second);
      tox.lastOnline.set(first.key, 2_000);
      tox.lastOnline.set(second.key, 1_000);
      await letIn(third);
      assert.deepEqual(keys().sort(), [first, third].map(({ publicKey }) => short(publicKey)).sort());
      const marks = manager.preference('friends-admitted') as { friend: string; at: number }[];
      assert.deepEqual(
        marks.map(({ friend, at }) => [friend, typeof at]),
        [first, third].map((each) => [each.key, 'number']),
      );
      tox.meet(first.publicKey);
      tox.meet(third.publicKey);
      tox.ask(fourth.publicKey, 'Me too');
      const full = await red.wait('out', ({ topic }) => topic === 'tox/request');
      assert.equal(full.friend, fourth.key, 'when nobody can make room, the flow decides');
    });
  }

  it('lets devices with a join token in without the flow, up to the cap, and then asks it', async () => {
    const [first, second, third, other] = [stranger(), stranger(), stranger(), stranger()];
    const [token, old] = [Buffer.alloc(24, 1), Buffer.alloc(24, 2)].map((each) => each.toString('base64url'));
    await started({}, { joinTokensFile: 'join-tokens', friendsCap: 2 });
    await writeFile(path.join(red.userDir, 'join-tokens'), `${old} 2020-01-01\n${token}`);
    const join = ({ publicKey }: { publicKey: Uint8Array }, by = 1) =>
      tox.ask(publicKey, joinText(chooseCryptoProvider(), new Uint8Array(24).fill(by), publicKey));
    const asks = ({ key }: { key: string }) =>
      red.wait('out', ({ topic, friend }) => topic === 'tox/request' && friend === key);
    join(other, 2);
    await asks(other);
    join(first);
    join(second);
    await until('both are friends', () => manager.friends().length === 2);
    join(third);
    await asks(third);
    assert.deepEqual(
      manager
        .friends()
        .map(({ publicKey }) => short(publicKey))
        .sort(),
      [first, second].map(({ publicKey }) => short(publicKey)).sort(),
    );
  });

  it('joins the cell that its own key chooses, once: the collector and the storage nodes of it', async () => {
    const cells = [1, 2, 3].map(() => ({ collector: stranger().toxId, nodes: [stranger().toxId] }));
    const token = new Uint8Array(24).fill(1);
    await started();
    await red.deploy(flow({}, { credentials: { cell: formatCellUri({ token, cells }) } }), 'nodes');
    await until('there is another transport', () => made.length === 2);
    manager = await managerOf(red, 'ann-session');
    // The network goes and comes while they are being asked.
    await act({ action: 'disconnect' });
    await act({ action: 'connect' });
    await until('both are asked', () => manager.friends().filter(({ name }) => name).length === 2);
    const requests = () => made[1]!.calls.filter((call) => call.startsWith('request'));
    const crypto = chooseCryptoProvider();
    const chosen = chooseCell(crypto, manager.publicKey, cells)!;
    const text = joinText(crypto, token, manager.publicKey);
    const members = [chosen.collector, ...chosen.nodes].map((toxId) => parseToxId(toxId).publicKey);
    const asked = () => (manager.preference('cell-asked') as string[] | undefined)?.length;
    await until('it is known that they were', () => asked() === members.length);
    assert.deepEqual(
      requests(),
      members.map((key) => `request ${short(key)} ${text}`),
    );
    assert.deepEqual(
      ['collector', 'node-1'].map((name) => manager.resolveFriend(name)),
      members,
    );
    await act({ action: 'disconnect' });
    await act({ action: 'connect' });
    await act({ action: 'list-friends' });
    assert.equal(requests().length, 2);

    // The collector accepted, its node did not, and the token was changed.
    await act({ action: 'disconnect' });
    const other = new Uint8Array(24).fill(2);
    await red.deploy(flow({}, { credentials: { cell: formatCellUri({ token: other, cells }) } }), 'nodes');
    await until('there is a third transport', () => made.length === 3);
    const [collector, unanswered] = members.map(short);
    made[2]!.lastOnline.set(toHex(members[0]!), 1_000);
    await act({ action: 'connect' });
    const otherText = joinText(crypto, other, manager.publicKey);
    const calls = () => made[2]!.calls.filter((call) => /^(request|remove) /.test(call));
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
    await started();
    const bob = stranger();
    await act({ action: 'accept', friend: bob.key, name: 'Bob' });
    const answer = await act({ action: 'remove-friend', friend: 'Bob' });
    assert.deepEqual(answer.payload, []);
    assert.ok(tox.calls.includes(`remove ${short(bob.publicKey)}`));
    assert.equal((await failed({ action: 'remove-friend', friend: 'Bob' })).code, 'ErrUnknownFriend');
  });

  it('allows ordinary messages to a friend who once used the extension, and takes that back', async () => {
    await started();
    const bob = stranger();
    await act({ action: 'accept', friend: bob.key, name: 'Bob' });
    const allowed: [string, boolean][] = [];
    manager.allowPlainMessages = (friend, may) => {
      allowed.push([Buffer.from(friend).toString('hex'), may]);
      return Promise.resolve();
    };
    await act({ action: 'allow-plain', friend: 'Bob' });
    await act({ action: 'allow-plain', friend: 'Bob', payload: false });
    assert.deepEqual(allowed, [
      [bob.key, true],
      [bob.key, false],
    ]);
    assert.equal((await failed({ action: 'allow-plain', friend: 'Carl' })).code, 'ErrUnknownFriend');
    assert.equal(
      (await failed({ action: 'allow-plain', friend: 'Bob', payload: 'maybe' })).code,
      'ErrInvalidArgument',
    );
  });

  it('sends a friend request to each Tox ID in the list of the session, once', async () => {
    const [byId, byKey, seen] = [stranger(), stranger(), stranger()];
    const friends = [byId.toxId, byKey.key, seen.toxId].map((key, index) => ({ name: `f${index}`, key }));
    await start({ atStart: 'offline' }, { friends });
    tox.lastOnline.set(seen.key, 1_000);
    await act({ action: 'connect' });
    const requests = (fake: FakeTox) => fake.calls.filter((call) => call.startsWith('request'));
    await until('the request is out', () => requests(tox).length > 0);
    assert.match(requests(tox)[0]!, new RegExp(`^request ${short(byId.publicKey)} Hello`));
    await until('it is remembered', () => manager.preference('friends-asked') !== undefined);
    assert.equal(manager.friends().length, 3);
    await red.deploy(flow({ atStart: 'online' }, { friends }), 'nodes');
    await until('there is another transport', () => made[1]?.running === true);
    await delay(50);
    assert.deepEqual([requests(tox).length, requests(made[1]!)], [1, []]);
  });

  it('is a bot by itself: messages and actions come, answers go, at once', async () => {
    await started();
    const bob = stranger();
    await act({ action: 'accept', friend: bob.key, name: 'Bob' });
    tox.meet(bob.publicKey);
    const status = await red.wait('out', ({ topic }) => topic === 'tox/status');
    assert.deepEqual([status.payload, status.friendName], [true, 'Bob']);
    tox.say(bob.publicKey, 'action', 'waves');
    const msg = await red.wait('out', ({ topic }) => topic === 'tox/message');
    assert.deepEqual([msg.payload, msg.messageType, msg.friend], ['waves', 'action', bob.key]);
    red.send('net', { ...msg, _msgid: 'echo', action: 'send' });
    await red.wait('completed', ({ _msgid }) => _msgid === 'echo');
    assert.ok(tox.calls.includes(`send ${short(bob.publicKey)} action waves`));
    const echoes = red.probes.all('out').filter(({ _msgid }) => _msgid === 'echo');
    assert.deepEqual(echoes, [], 'what was sent never looks like what came');
  });

  it('says so when a message did not reach the friend', async () => {
    await started();
    const bob = stranger();
    await act({ action: 'accept', friend: bob.key, name: 'Bob' });
    assert.equal((await failed({ action: 'send', friend: 'Bob', payload: 'x' })).code, 'ErrNotConnected');
    tox.meet(bob.publicKey);
    tox.confirms = false;
    assert.equal((await failed({ action: 'send', friend: 'Bob', payload: 'x' })).code, 'ErrNotConnected');
    assert.equal((await failed({ action: 'send', friend: 'Eve', payload: 'x' })).code, 'ErrUnknownFriend');
    assert.equal((await failed({ action: 'send', friend: 'Bob' })).code, 'ErrMessageEmpty');
  });

  it('sets its name and status', async () => {
    await started();
    assert.equal((await act({ action: 'set-name', payload: 'Echo' })).topic, 'tox/self');
    await act({ action: 'set-status', status: 'away', payload: 'Back at eight' });
    await act({ action: 'set-status', payload: '' });
    const calls = tox.calls.filter((call) => /^(name|status)/.test(call));
    assert.deepEqual(calls, ['name Echo', 'status away', 'status message Back at eight', 'status message ']);
  });

  it('reports what it cannot do to Catch', async () => {
    await started();
    const wrong: [string, Record<string, unknown>][] = [
      ['ErrInvalidArgument', {}],
      ['ErrInvalidArgument', { action: 'fly' }],
      ['ErrInvalidArgument', { action: 'add-friend' }],
      ['ErrInvalidToxId', { action: 'add-friend', friend: stranger().key }],
      ['ErrInvalidKey', { action: 'accept', friend: 'Bob' }],
      ['ErrInvalidRecipient', { action: 'accept', friend: manager.toxId }],
      ['ErrInvalidArgument', { action: 'set-status', status: 'asleep' }],
      ['ErrInvalidArgument', { action: 'set-status' }],
    ];
    for (const [code, msg] of wrong) assert.equal((await failed(msg)).code, code, JSON.stringify(msg));
    await act({ action: 'disconnect' });
    assert.equal((await failed({ action: 'add-friend', friend: stranger().toxId })).code, 'ErrNotConnected');
  });

  for (const type of ['full', 'flows', 'nodes'] as const) {
    it(`keeps its connection through a redeploy (${type}) that does not change it`, async () => {
      await started();
      const bob = stranger();
      await act({ action: 'accept', friend: bob.key, name: 'Bob' });
      tox.meet(bob.publicKey);
      await red.deploy([...flow(), node('send-async', 'another', 'ann-session')], type);
      red.probes.clear('out');
      tox.say(bob.publicKey, 'normal', 'still there?');
      await red.wait('out', ({ topic }) => topic === 'tox/message');
      assert.equal(made.length, 1);
      assert.ok(!tox.calls.includes('stop'));
    });
  }

  it('loses no message and no request that comes while the nodes are replaced', async () => {
    await started();
    const bob = stranger();
    await act({ action: 'accept', friend: bob.key, name: 'Bob' });
    tox.meet(bob.publicKey);
    const closed = new Promise<void>((resolve) => red.node('net').on('close', () => resolve()));
    const deployed = red.deploy(flow());
    // What the runtime has in its queues as its nodes close, it drops: that is not ours.
    await closed;
    for (let i = 0; i < 20; i += 1) {
      tox.say(bob.publicKey, 'normal', `${i}`);
      tox.ask(stranger().publicKey, `${i}`);
      await delay(2);
    }
    await deployed;
    const heard = (topic: string) => red.probes.all('out').filter((each) => each.topic === topic);
    await until(
      'all have come',
      () => heard('tox/message').length >= 20 && heard('tox/request').length >= 20,
    );
    const texts = Array.from({ length: 20 }, (_, i) => `${i}`);
    assert.deepEqual(
      heard('tox/message').map(({ payload }) => payload),
      texts,
    );
    assert.deepEqual(
      heard('tox/request').map(({ payload }) => payload),
      texts,
    );
  });

  it('makes a new connection when its settings change, after the old one has ended', async () => {
    await started();
    await red.deploy(withChange(flow(), 'net', { protocol: 'tcp' }), 'nodes');
    await until('the new one runs', () => made[1]?.running === true);
    assert.deepEqual([tox.running, tox.calls.at(-1)], [false, 'stop']);
  });

  it('tells Catch once when libtoxcore dies, and Status while it is away', async () => {
    await started();
    tox.connect();
    await red.status('statuses', 'net', 'online 0/0');
    red.probes.clear('errors');
    for (const waitMs of [500, 1000, 2000]) tox.events.emit('restarting', { reason: 'SIGSEGV', waitMs });
    const { error } = await red.caught('errors', 'net', 'ErrTransport');
    assert.match(error.message, /SIGSEGV/);
    tox.events.emit('running', undefined);
    tox.events.emit('restarting', { reason: 'SIGKILL', waitMs: 500 });
    await red.wait('errors', (each) => each.error.message.includes('SIGKILL'));
    assert.equal(red.probes.all('errors').length, 2);
  });

  it('tries again by itself at one pace, however often the flow asked in vain', async () => {
    await start({ atStart: 'offline' });
    failures.push(...Array.from({ length: 50 }, () => new ToxAsyncError('ErrPortInUse', 'In use.')));
    for (let n = 0; n < 10; n += 1) assert.equal((await failed({ action: 'connect' })).code, 'ErrPortInUse');
    const left = failures.length;
    await delay(1500);
    assert.ok(left - failures.length <= 2, `${left - failures.length} attempts`);
    failures.length = 0;
    await until('it runs', () => tox.running);
  });

  it('keeps trying when it cannot start, and when it cannot go online again', async () => {
    failures = [new ToxAsyncError('ErrPortInUse', 'Choose another port.')];
    await start();
    await red.caught('errors', 'net', 'ErrPortInUse');
    await red.status('statuses', 'net', 'error: ErrPortInUse');
    await until('the next attempt succeeds', () => made.at(-1)?.running === true);
    await red.status('statuses', 'net', 'connecting');

    tox = made.at(-1)!;
    await act({ action: 'disconnect' });
    tox.failures.push(...[1, 2, 3].map(() => new ToxAsyncError('ErrProxy', 'Start the proxy.')));
    assert.equal((await failed({ action: 'connect' })).code, 'ErrProxy');
    await red.status('statuses', 'net', 'error: ErrProxy');
    await until('it comes online by itself', () => tox.running);
    assert.equal(red.probes.all('errors').length, 2, 'each failure is reported once');
  });

  it('refuses a list of first nodes that cannot be used', async () => {
    red = await NodeRed.start(flow({ bootstrap: 'nowhere.json' }), () => assert.fail('it must not start'));
    const { error } = await red.caught('errors', 'net', 'ErrInvalidArgument');
    assert.match(error.message, /nowhere\.json/);
  });

  it('without the library names the package to install, and everything else still works', async () => {
    const missing = path.join(__dirname, 'no-such-library.so');
    red = await NodeRed.start(
      [...flow(), storageNode('bob'), transport('bob-net', 'bob-session')],
      (options) => new ToxcoreTransport({ ...options, settings: { ...options.settings, library: missing } }),
    );
    const { error } = await red.caught('errors', 'net', 'ErrMissingLibrary');
    assert.match(error.message, /apt install libtoxcore2/);
    await red.status('statuses', 'net', 'error: ErrMissingLibrary');
    assert.equal((await failed({ action: 'connect' })).code, 'ErrMissingLibrary');
    await red.status('statuses', 'bob-net', 'online 0/0');
    manager = await managerOf(red, 'ann-session');
    const bob = await managerOf(red, 'bob-session');
    await manager.addFriend(bob.publicKey, 'bob');
    const { reason } = await manager.sendAsyncMessage(bob.publicKey, 'it waits');
    assert.equal(reason, 'no-transport');
  });

  it('on a virtual network refuses what needs Tox, and says why', async () => {
    red = await NodeRed.start(flow({ mode: 'virtual' }));
    for (const action of ['add-friend', 'accept', 'remove-friend', 'allow-plain', 'set-name', 'set-status']) {
      const error = await failed({ action, friend: stranger().toxId, payload: 'true' });
      assert.equal(error.code, 'ErrInvalidArgument');
      assert.match(error.message, /libtoxcore/);
    }
  });
});
