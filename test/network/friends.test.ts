import { describeOnTox } from './support/namespace';
import assert from 'node:assert/strict';
import { toHex } from '../../lib/bytes';
import { type Admitted, FriendAdmission } from '../../lib/transport/friend-admission';
import type { FriendDetails } from '../../lib/transport/friend-transport';
import { RecordingHandler } from '../../lib/testing/transport/recording-handler';
import { BootstrapDaemon } from './support/bootstrap-daemon';
import { ToxParty } from './support/tox-party';
import { silentLogger } from '../../lib/types';
import { CONNECT_MS, until } from './support/until';

describeOnTox('friends on real Tox', function () {
  this.timeout(2 * CONNECT_MS);
  let daemon: BootstrapDaemon;
  let a: ToxParty;
  let b: ToxParty;
  const atA = new RecordingHandler();
  const atB = new RecordingHandler();
  const requests: { publicKey: Uint8Array; message: string }[] = [];

  before(async () => {
    daemon = await BootstrapDaemon.start();
    const settings = { bootstrap: [daemon.node] };
    a = new ToxParty(settings);
    b = new ToxParty(settings);
    b.transport.events.on('friend-request', (request) => requests.push(request));
    await a.transport.start(atA);
    await b.transport.start(atB);
  });
  after(async () => {
    await a.transport.stop();
    await b.transport.stop();
    await daemon.stop();
  });
  beforeEach(() => {
    atA.clear();
    atB.clear();
    requests.length = 0;
  });

  const meet = () =>
    until('both see each other', () => a.transport.isFriendOnline(b.pk) && b.transport.isFriendOnline(a.pk));
  const savedFriends = (party: ToxParty) => party.profile.friends.map(({ publicKey }) => toHex(publicKey));
  const detailsOf = (party: ToxParty): FriendDetails | undefined => party.transport.details()[0];

  it('are asked by Tox ID with a text of up to 943 bytes, which they see with the key of who asks', async () => {
    const words = 'It is me, the leak sensor in the cellar. Grüße! ';
    const text = words + 'x'.repeat(943 - Buffer.byteLength(words));
    assert.equal(toHex(await a.transport.addFriend(b.transport.toxId, text)), toHex(b.pk));
    assert.deepEqual(savedFriends(a), [toHex(b.pk)]);
    await until('the request', () => requests.length > 0);
    assert.deepEqual([toHex(requests[0]!.publicKey), requests[0]!.message], [toHex(a.pk), text]);
    assert.deepEqual(b.transport.friends(), []);
  });

  it('are friends when they accept: durable on both sides, listed, seen online', async () => {
    await b.transport.acceptFriend(a.pk);
    assert.deepEqual(savedFriends(b), [toHex(a.pk)]);
    assert.deepEqual(b.transport.friends().map(toHex), [toHex(a.pk)]);
    await meet();
    assert.ok(atB.calls.includes('friends'));
    const { online, publicKey, lastOnline } = detailsOf(b)!;
    assert.deepEqual([online, toHex(publicKey)], [true, toHex(a.pk)]);
    assert.ok(Math.abs(Date.now() - (lastOnline ?? 0)) < CONNECT_MS, `last online: ${lastOnline ?? 'never'}`);
  });

  it('are not asked again when they are friends already', async () => {
    await a.transport.addFriend(b.transport.toxId, 'Once more');
    await a.transport.acceptFriend(b.pk);
    assert.deepEqual(savedFriends(a), [toHex(b.pk)]);
    assert.ok(a.transport.isFriendOnline(b.pk));
    assert.deepEqual(requests, []);
  });

  it('show each other name, status message and status', async () => {
    await a.transport.setName('Leak sensor ☂');
    await a.transport.setStatusMessage('dry so far');
    await a.transport.setStatus('away');
    await until('all of it', () => {
      const { ownName, statusMessage, status } = detailsOf(b)!;
      return ownName === 'Leak sensor ☂' && statusMessage === 'dry so far' && status === 'away';
    });
    assert.deepEqual([a.profile.name, a.profile.statusMessage], ['Leak sensor ☂', 'dry so far']);
  });

  it('exchange messages and actions in both directions, in order and confirmed', async () => {
    const texts = ['one', 'zwei', '三'];
    const confirmed = await Promise.all([
      ...texts.map((text) => a.transport.sendMessage(b.pk, 'normal', text)),
      b.transport.sendMessage(a.pk, 'action', 'nods'),
    ]);
    assert.deepEqual(confirmed, [true, true, true, true]);
    assert.deepEqual(
      atB.messages,
      texts.map((text) => ['normal', text]),
    );
    assert.deepEqual(atA.messages, [['action', 'nods']]);
  });

  it('are known to have been online until the moment when they go', async () => {
    const seen = detailsOf(a)!.lastOnline ?? 0;
    await until('another second', () => Date.now() > seen + 2000);
    await b.transport.stop();
    await until('the end', () => !a.transport.isFriendOnline(b.pk));
    await until('its time', () => (detailsOf(a)!.lastOnline ?? 0) > seen, 2000);
    await b.transport.start(atB);
    await meet();
  });

  it('are gone on our side when removed, at once and durably, and see us go', async () => {
    await b.transport.removeFriend(a.pk);
    assert.deepEqual(savedFriends(b), []);
    assert.deepEqual([b.transport.friends(), b.transport.details()], [[], []]);
    assert.equal(b.transport.sendPacket(a.pk, Uint8Array.of(160)), 'offline');
    assert.equal(atB.friends.get(toHex(a.pk)), false);
    await until('word of it', () => !a.transport.isFriendOnline(b.pk));
    await b.transport.removeFriend(a.pk);
    await a.transport.removeFriend(b.pk);
  });

  it('find an open storage node by its Tox ID, also by a new one, and are friends without a person', async () => {
    const { transport } = b;
    let admitted: readonly Admitted[] = [];
    const answers: string[] = [];
    const admission = new FriendAdmission({
      policy: { kind: 'open', cap: 1 },
      admitted: () => admitted,
      saveAdmitted: async (list) => void (admitted = list),
      age: () => 0,
      accept: (friend) => transport.acceptFriend(friend),
      remove: (friend) => transport.removeFriend(friend),
      friends: () => transport.details(),
      holdsMailFor: () => false,
      log: silentLogger,
    });
    transport.events.on('friend-request', ({ publicKey, message }) => {
      void admission.onRequest(publicKey, message).then((answer) => answers.push(answer));
    });
    // Somebody who was let in before and was never seen makes room.
    await admission.onRequest(new ToxParty({ bootstrap: [] }).pk, '');
    const old = transport.toxId;
    await transport.setNospam(Uint8Array.of(0xca, 0xfe, 0x00, 0x01));
    assert.equal(transport.toxId.slice(64, 72), 'CAFE0001');
    assert.notEqual(transport.toxId, old);
    assert.deepEqual([...b.profile.nospam], [0xca, 0xfe, 0x00, 0x01]);
    await a.transport.addFriend(transport.toxId, 'Please keep mail for me');
    await meet();
    assert.deepEqual(answers, ['accepted']);
    assert.deepEqual(transport.friends().map(toHex), [toHex(a.pk)]);
    assert.deepEqual(admitted, [{ friend: toHex(a.pk), at: 0 }]);
  });
});
