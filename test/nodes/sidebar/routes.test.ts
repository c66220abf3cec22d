import assert from 'node:assert/strict';
import { toHex } from '../../../lib/index';
import type { HistoryView, SessionSummary, SessionView } from '../../../nodes/sidebar/view';
import { AdminApi } from '../support/admin-api';
import { THREE } from '../support/flows';
import { managerOf, met, NodeRed, sessionOf, until } from '../support/node-red';

describe('The admin routes', function () {
  this.timeout(20_000);
  let red: NodeRed;
  let api: AdminApi;

  const open = async (id: string) => {
    const { open: view } = await api.get<SessionView>(`sessions/${id}`);
    assert.ok(view, 'the session is open');
    return view;
  };
  const keyOf = async (id: string) => toHex((await managerOf(red, id)).publicKey);

  before(async () => {
    api = new AdminApi();
    red = await NodeRed.start(THREE, undefined, api.module);
    await met(red, 'device-session', 'phone-session', 'home-session');
  });

  after(async () => {
    await api.stop();
    await red.stop();
  });

  it('list the sessions, and of each what a friend picker shows', async () => {
    const list = await api.get<SessionSummary[]>('sessions');
    assert.deepEqual(
      list.map(({ id, name, state, worst }) => ({ id, name, state, worst })),
      ['device', 'phone', 'home'].map((name) => ({
        id: `${name}-session`,
        name,
        state: 'online',
        worst: 'ok',
      })),
    );
    assert.equal(list[0]?.toxId, (await managerOf(red, 'device-session')).toxId);
    assert.deepEqual(list[0].friends, [
      { name: 'home', publicKey: await keyOf('home-session'), online: true, state: 'online' },
      { name: 'phone', publicKey: await keyOf('phone-session'), online: true, state: 'online' },
    ]);
  });

  it('show a session: its network, its friends with keys both ways, its storage nodes and its folder', async () => {
    const view = await open('device-session');
    assert.equal(view.network, 'virtual');
    assert.equal(view.wanted, true);
    assert.ok((view.folder.bytes ?? 0) > 0 && view.folder.path.startsWith(red.userDir));
    const [home, phone] = view.friends;
    assert.deepEqual([home?.keepsMail, home?.hasMet, home?.seen], [true, true, 0]);
    assert.deepEqual(phone?.keys, { sendable: 100, full: 100, areLow: false, receivable: 100 });
    assert.equal(phone.findings[0]?.code, 'direct');
    assert.deepEqual(
      view.nodes
        .map(({ name, here, health }) => ({ name, here, health }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      ['home', 'phone'].map((name) => ({ name, here: true, health: 'good' })),
    );
    assert.deepEqual([view.kept.role, view.kept.messages], ['friends', 0]);
  });

  it('show what is on its way, send a test, and cancel it', async () => {
    await red.turn('phone-net', 'phone-net-out', 'disconnect');
    const phone = await keyOf('phone-session');
    const sent = await api.order('device-session', 'test', { friend: phone, text: 'A test.' });
    assert.equal(sent.status, 200);
    const { messageId } = sent.body as { messageId: string };
    const session = sessionOf(red, 'device-session');
    await until('home has it', () => session.open?.counts().stored === 1);
    const [row, ...others] = (await open('device-session')).outbox;
    assert.deepEqual(others, []);
    const { age, remaining, ...rest } = row ?? assert.fail();
    assert.ok(age < 60 && remaining > 6 * 86_400);
    assert.deepEqual(rest, {
      messageId,
      friend: phone,
      friendName: 'phone',
      size: 7,
      nodes: ['home'],
      wanted: 3,
      isStored: true,
    });
    const list = await api.get<SessionSummary[]>('sessions');
    assert.deepEqual(list[0]?.friends.at(-1), {
      name: 'phone',
      publicKey: phone,
      online: false,
      state: 'away',
    });

    assert.equal((await api.order('device-session', 'cancel', { friend: phone, messageId })).status, 200);
    assert.deepEqual((await open('device-session')).outbox, []);
    const again = await api.order('device-session', 'cancel', { friend: phone, messageId });
    assert.equal(again.status, 404);
    assert.equal((again.body as { code: string }).code, 'ErrMessageNotFound');
  });

  it('tell what happened in each hour of the last week', async () => {
    const { hours } = await api.get<HistoryView>('sessions/device-session/history');
    const { age, ...counts } = hours.at(-1) ?? assert.fail();
    assert.ok(age < 3600, String(age));
    const { sent, stored, delivered, failed, received, kept, mostUnfinished, ...others } = counts;
    assert.deepEqual(others, {});
    assert.deepEqual([sent, stored, delivered, failed, received, kept], [1, 1, 0, 0, 0, 0]);
    assert.equal(mostUnfinished, 1);
    const home = await api.get<HistoryView>('sessions/home-session/history');
    assert.equal(home.hours.at(-1)?.kept, 1);
    assert.equal((await api.request('sessions/no-such/history')).status, 404);
  });

  it('take a session offline and online again, as the message of a flow does', async () => {
    assert.equal((await api.order('phone-session', 'connect')).status, 200);
    const online = sessionOf(red, 'phone-session');
    await until('it is online', () => online.open?.isOnline() === true);
    assert.equal((await api.order('phone-session', 'disconnect')).status, 200);
    assert.equal((await api.get<SessionView>('sessions/phone-session')).state, 'offline');
    assert.equal((await api.order('phone-session', 'connect')).status, 200);
    await until('it is online', () => online.open?.isOnline() === true);
  });

  it('fetch mail and renew keys', async () => {
    assert.deepEqual(await api.order('device-session', 'retrieve'), { status: 200, body: {} });
    const home = await keyOf('home-session');
    const { status, body } = await api.order('device-session', 'refresh-keys', { friend: 'home' });
    assert.equal(status, 200);
    assert.deepEqual(body, { exchanges: [{ friend: home, state: 'not-needed' }] });
  });

  it('ask for the permission to read before they answer, and to write before they do anything', async () => {
    api.permissions.length = 0;
    await api.get('sessions');
    await api.get('sessions/device-session');
    await api.get('sessions/device-session/history');
    assert.deepEqual(api.permissions, ['tox-async.read', 'tox-async.read', 'tox-async.read']);
    api.permissions.length = 0;
    await api.order('device-session', 'retrieve');
    assert.deepEqual(api.permissions, ['tox-async.write']);
  });

  it('answer with an error what they do not know, and never with a page', async () => {
    assert.equal((await api.request('sessions/no-such')).status, 404);
    for (const action of ['no-such', 'constructor', '__proto__']) {
      assert.equal((await api.order('device-session', action)).status, 404, action);
    }
    const { status, body } = await api.order('device-session', 'test', { friend: 'nobody', text: 'x' });
    assert.equal(status, 404);
    assert.equal((body as { code: string }).code, 'ErrUnknownFriend');
    assert.equal((await api.order('device-session', 'test', { friend: { toString: 1 } })).status, 400);
    assert.equal((await api.order('device-session', 'add-friend', { toxId: '12' })).status, 400);
  });

  it('refuse an order that a page of another site could send', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const { status } = await api.request('sessions/device-session/actions/disconnect', {
        method: 'POST',
        headers: { 'content-type': type },
        body: '{}',
      });
      assert.equal(status, 415, type);
    }
    assert.equal((await api.get<SessionView>('sessions/device-session')).state, 'online');
  });

  it('let nobody keep an answer', async () => {
    const { headers } = await api.request('sessions');
    assert.equal(headers.get('cache-control'), 'no-store');
  });
});
