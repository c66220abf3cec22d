import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import type { FriendSnapshot } from '../../../../lib/manager/snapshot/snapshot';
import { HOUR, MINUTE, SECOND, World, type Device } from '../../../support/world';

describe('a snapshot of a session', () => {
  let world: World;
  let device: Device;
  let phone: Device;
  let node: Device;

  beforeEach(async () => {
    world = new World('snapshots');
    device = await world.add('Device');
    phone = await world.add('Phone');
    node = await world.add('Home Pi');
    await world.settle();
  });

  afterEach(() => world.stop());

  const friend = (name: string): FriendSnapshot =>
    device.manager.snapshot().friends.find((each) => each.name === name) ?? assert.fail(name);

  it('says who the session is, that it is online, and since when', async () => {
    await world.run(HOUR);
    const { publicKey, toxId, attached, online, since, counts } = device.manager.snapshot();
    assert.deepEqual([publicKey, toxId], [device.pk, device.manager.toxId]);
    assert.deepEqual([attached, online], [true, true]);
    assert.ok((since ?? 0) >= 3600 && (since ?? 0) < 3700, String(since));
    assert.deepEqual(counts, device.manager.counts());
  });

  it('starts counting again when the session goes offline', async () => {
    await world.run(HOUR);
    await device.online(false);
    await world.run(MINUTE);
    const { online, since } = device.manager.snapshot();
    assert.deepEqual([online, since], [false, 60]);
  });

  it('has of each friend when they were seen, keys both ways, and whether a message would go out', async () => {
    assert.deepEqual(
      [friend('Phone').seen, friend('Phone').keys],
      [0, { sendable: 100, full: 100, low: 20, receivable: 100 }],
    );
    assert.deepEqual([friend('Home Pi').keepsMail, friend('Home Pi').hasMet], [true, true]);
    await phone.online(false);
    await world.run(2 * HOUR);
    const { seen, online, findings } = friend('Phone');
    assert.deepEqual([online, seen], [false, 7200]);
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['stored'],
    );
  });

  it('tells how long keys last once messages have shown it', async () => {
    await phone.online(false);
    assert.equal(friend('Phone').keys.days, undefined);
    for (let i = 0; i < 10; i += 1) await device.send(phone, `alert ${i}`);
    await world.run(HOUR);
    const { sendable, days } = friend('Phone').keys;
    assert.equal(sendable, 90);
    assert.ok(days !== undefined && days > 8 && days < 10, `10 a day are used: ${days}`);
    assert.equal(friend('Home Pi').keys.days, undefined);
  });

  it('has a row for each message on its way, the newest first, with the nodes that have it', async () => {
    await phone.online(false);
    await world.run(MINUTE);
    const first = await device.send(phone, 'leak');
    await world.run(MINUTE);
    await node.online(false);
    await world.run(SECOND);
    const second = await device.send(phone, 'flood');
    const { outbox } = device.manager.snapshot();
    assert.deepEqual(
      outbox.map(({ messageId }) => messageId),
      [second.messageId, first.messageId],
    );
    const [waits, stored] = outbox;
    assert.deepEqual(
      [waits?.reason, waits?.isStored, waits?.nodes, waits?.pieces],
      ['no-storage-node', false, [], undefined],
    );
    assert.deepEqual([stored?.reason, stored?.isStored, stored?.nodes], [undefined, true, [node.pk]]);
    assert.deepEqual([stored?.size, stored?.wanted, stored?.friend], [4, 3, phone.pk]);
    assert.ok((stored?.age ?? 0) >= 60 && (stored?.remaining ?? 0) <= 7 * 86_400 - 60);
    assert.deepEqual([friend('Phone').queued, friend('Phone').stored], [1, 1]);
    assert.equal(device.manager.snapshot({ outboxRows: 1 }).outbox.length, 1);
    assert.equal(device.manager.snapshot({ outboxRows: 0 }).outbox.length, 0);
  });

  it('puts those first whose receipt is late, and says how late', async () => {
    await phone.online(false);
    await world.run(MINUTE);
    const late = await device.send(phone, 'leak', { overdueAfter: 60 });
    await device.send(phone, 'flood', { overdueAfter: 3600 });
    await world.run(HOUR / 2);
    const [first, second] = device.manager.snapshot().outbox;
    assert.deepEqual([first?.messageId, first?.overdue], [late.messageId, 29 * 60]);
    assert.equal(second?.overdue, undefined);
  });

  it('shows of a large message how many pieces a node has', async () => {
    await phone.online(false);
    await world.run(MINUTE);
    await device.send(phone, new Uint8Array(60_000), { compress: 'off' });
    await world.until('a node has all', () => device.manager.snapshot().outbox[0]?.isStored === true);
    const pieces = device.manager.snapshot().outbox[0]?.pieces;
    assert.ok(pieces !== undefined && pieces.total > 3);
    assert.equal(pieces.done, pieces.total);
  });

  it('has a row for each message that nobody finished, and says whether somebody took it', async () => {
    phone.handle = () => 'later';
    await device.send(phone, 'one');
    await world.until('it came', () => phone.received.length === 1);
    phone.manager.setMessageHandler(undefined);
    await device.send(phone, 'two');
    await world.until('it came', () => phone.manager.snapshot().inbox.length === 2);
    assert.deepEqual(
      phone.manager.snapshot().inbox.map(({ friend: sender, state, via }) => [toHex(sender), state, via]),
      [
        [toHex(device.pk), 'kept', 'direct'],
        [toHex(device.pk), 'waiting', 'direct'],
      ],
    );
  });

  it('shows which nodes are asked for mail, how they do, and what lies here for others', async () => {
    await phone.online(false);
    await world.run(10 * MINUTE);
    await device.send(phone, 'leak');
    await world.run(SECOND);
    const nodes = device.manager.snapshot().nodes.map(({ name, here, acceptsStores, health }) => ({
      name,
      here,
      acceptsStores,
      health,
    }));
    assert.deepEqual(
      nodes.sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1)),
      [
        { name: 'Home Pi', here: true, acceptsStores: true, health: 'good' },
        { name: 'Phone', here: false, acceptsStores: true, health: 'good' },
      ],
    );
    const asked = device.manager.snapshot().nodes.find(({ name }) => name === 'Home Pi')?.asked;
    assert.ok(asked !== undefined && asked <= 400, String(asked));
    const { messages, friends, bytes, role } = node.manager.snapshot().kept;
    assert.deepEqual([messages, friends, role], [1, 1, 'friends']);
    assert.ok(bytes > 0);
  });
});
