import assert from 'node:assert/strict';
import type { PublicKey, ToxcoreTransportOptions } from '../../../lib/index';
import type { FriendView, OpenSessionView, SessionView } from '../../../nodes/sidebar/view';
import { AdminApi } from '../support/admin-api';
import { FakeTox, short, stranger } from '../support/fake-tox';
import { storageNode, TAB, transport, WATCH } from '../support/flows';
import { managerOf, NodeRed, sessionOf, until } from '../support/node-red';

const phone = stranger();
const listed = stranger();

describe('Friends in the sidebar', function () {
  this.timeout(20_000);
  let red: NodeRed;
  let api: AdminApi;
  let tox: FakeTox;

  beforeEach(async () => {
    api = new AdminApi();
    const made: FakeTox[] = [];
    const flow = [
      TAB,
      ...WATCH,
      storageNode('ann', { friends: [{ name: 'Listed', key: listed.key }] }),
      transport('net', 'ann-session', { mode: 'libtoxcore' }),
    ];
    const make = (options: ToxcoreTransportOptions) => {
      const fake = new FakeTox(options, []);
      made.push(fake);
      return fake;
    };
    red = await NodeRed.start(flow, make, api.module);
    await until('it runs', () => made[0]?.running === true);
    tox = made[0]!;
    tox.connect();
  });

  afterEach(async () => {
    await api.stop();
    await red.stop();
  });

  const open = async (): Promise<OpenSessionView> => {
    const { open: view } = await api.get<SessionView>('sessions/ann-session');
    return view ?? assert.fail('it is open');
  };
  const friend = async (name: string): Promise<FriendView> => {
    const { friends } = await open();
    return friends.find((each) => each.name === name) ?? assert.fail(`${name} in ${JSON.stringify(friends)}`);
  };
  const order = (action: string, fields: object) => api.order('ann-session', action, fields);
  const noted = (who: PublicKey) =>
    until('the request is noted', () => sessionOf(red, 'ann-session').requests.has(who));
  const asked = async () => (await open()).requests.map(({ publicKey, text }) => [publicKey, text]);

  it('are asked for by Tox ID, under the name that they shall have', async () => {
    const answer = await order('add-friend', { toxId: phone.toxId, name: 'Phone', message: 'It is me' });
    assert.deepEqual(answer, { status: 200, body: { friend: phone.key } });
    assert.ok(tox.calls.includes(`request ${short(phone.publicKey)} It is me`));
    const { state, changed } = await friend('Phone');
    assert.deepEqual([state, changed], ['asked', 'here']);
  });

  it('may ask, and become friends under a name when somebody accepts', async () => {
    tox.ask(phone.publicKey, 'Anna <b>here</b>');
    await noted(phone.publicKey);
    assert.deepEqual(await asked(), [[phone.key, 'Anna <b>here</b>']]);
    assert.equal((await order('accept', { friend: phone.key, name: 'Anna' })).status, 200);
    assert.deepEqual(await asked(), []);
    assert.ok(tox.calls.includes(`accept ${short(phone.publicKey)}`));
    assert.equal((await friend('Anna')).publicKey, phone.key);
  });

  it('who were declined are no friends, and may ask again', async () => {
    tox.ask(phone.publicKey, 'Anna');
    await noted(phone.publicKey);
    assert.equal((await order('decline', { friend: phone.key })).status, 200);
    assert.deepEqual(await asked(), []);
    assert.equal((await order('decline', { friend: phone.key })).status, 404);
    tox.ask(phone.publicKey, 'Anna once more');
    await noted(phone.publicKey);
    assert.deepEqual(await asked(), [[phone.key, 'Anna once more']]);
  });

  it('are accepted only when they asked', async () => {
    const { status, body } = await order('accept', { friend: phone.key, name: 'Anna' });
    assert.deepEqual([status, (body as { code: string }).code], [404, 'ErrUnknownFriend']);
    assert.deepEqual((await managerOf(red, 'ann-session')).friends().length, 1);
  });

  it('no longer ask once they are friends by another way', async () => {
    tox.ask(phone.publicKey, 'Anna');
    await noted(phone.publicKey);
    await order('add-friend', { toxId: phone.toxId, name: 'Anna' });
    assert.deepEqual(await asked(), []);
  });

  it('are kept to 20 who ask, the newest, each once', async () => {
    const many = Array.from({ length: 30 }, stranger);
    for (const { publicKey } of many) tox.ask(publicKey, 'x');
    const last = many[29]!;
    tox.ask(last.publicKey, 'again');
    await noted(last.publicKey);
    const requests = await asked();
    assert.equal(requests.length, 20);
    assert.deepEqual(requests.at(-1), [last.key, 'again']);
  });

  it('are renamed and removed', async () => {
    await order('add-friend', { toxId: phone.toxId, name: 'Phone' });
    assert.equal((await order('rename', { friend: phone.key, name: 'Tablet' })).status, 200);
    assert.equal((await friend('Tablet')).publicKey, phone.key);
    assert.equal((await order('remove', { friend: phone.key })).status, 200);
    assert.deepEqual(
      (await open()).friends.map(({ name }) => name),
      ['Listed'],
    );
    assert.ok(tox.calls.includes(`remove ${short(phone.publicKey)}`));
  });

  it('whom the dialog names are renamed and removed there alone', async () => {
    assert.equal((await friend('Listed')).changed, 'dialog');
    for (const action of ['rename', 'remove']) {
      const { status, body } = await order(action, { friend: 'Listed', name: 'x' });
      assert.deepEqual([status, (body as { code: string }).code], [400, 'ErrInvalidArgument'], action);
    }
    assert.equal((await friend('Listed')).publicKey, listed.key);
  });

  it('are seen when libtoxcore saw them last', async () => {
    await order('add-friend', { toxId: phone.toxId, name: 'Phone' });
    tox.lastOnline.set(phone.key, Date.now() - 7_200_000);
    const { seen, state } = await friend('Phone');
    assert.ok(seen !== undefined && Math.abs(seen - 7200) < 60, String(seen));
    assert.equal(state, 'never-met');
  });
});
