import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { MINUTE, SECOND, waitFor, World, type Device } from '../../../support/world';
import { BefriendingTransport } from '../support/befriending-transport';

describe('an open node that only the recipient knows', () => {
  let world: World;
  let device: Device;
  let phone: Device;
  let node: Device;

  beforeEach(async () => {
    world = new World('open nodes');
    world.strangers('Device', 'Open node');
    device = await world.add('Device');
    phone = await world.add('Phone');
    node = await world.add('Open node', { storageRole: 'everyone' });
    await world.until('device and phone have met', () => device.manager.canSendAsyncMessage(phone.pk));
    await world.until('phone and node have met', () => phone.manager.canSendAsyncMessage(node.pk));
    await world.run(5 * SECOND);
  });

  afterEach(() => world.stop());

  const suggestions = (of: Device) => of.events.filter(({ event }) => event === 'node-suggested');
  const findings = (friend: Device) =>
    device.manager.diagnose(friend.pk).filter(({ code }) => code === 'node-suggested');

  it('is suggested to the sender once, by its Tox address', async () => {
    assert.deepEqual(
      suggestions(device).map(({ value }) => value),
      [{ friend: phone.pk, node: node.pk, toxId: node.manager.toxId }],
    );
    await phone.online(false);
    await world.run(MINUTE);
    await phone.online(true);
    await world.run(MINUTE);
    assert.equal(suggestions(device).length, 1);
  });

  it('is named by the diagnosis of that friend until it is a friend itself', async () => {
    assert.match(findings(phone)[0]?.text ?? '', new RegExp(`Phone .*${node.manager.toxId}`));
    await device.manager.addFriend(node.pk, 'Open node');
    assert.deepEqual(findings(phone), []);
  });

  it('takes mail for the recipient once the sender has befriended it', async () => {
    await phone.online(false);
    await world.run(MINUTE);
    const receipt = await device.send(phone, 'leak');
    assert.equal(receipt.reason, 'no-storage-node');
    await device.stop();
    await node.stop();
    world.acquaint('Device', 'Open node');
    await node.start();
    await device.start();
    await world.until('stored', () => device.statesOf(receipt).includes('stored'));
    await device.online(false);
    await phone.online(true);
    await world.until('received', () => phone.texts.includes('leak'));
  });

  it('is suggested to nobody who knows it, and a node for friends only to nobody at all', () => {
    assert.deepEqual([...suggestions(phone), ...suggestions(node)], []);
    const named = suggestions(device).map(({ value }) => toHex((value as { node: Uint8Array }).node));
    assert.deepEqual(named, [toHex(node.pk)]);
  });

  for (const befriendOpenNodes of [false, true]) {
    it(`is ${befriendOpenNodes ? '' : 'not '}befriended by the sender where the user ${befriendOpenNodes ? 'wants that' : 'did not ask for it'}`, async () => {
      world.strangers('Watcher', 'Open node');
      const watcher = await world.add('Watcher', { befriendOpenNodes });
      await watcher.depart();
      watcher.transport = world.network.join({ publicKey: watcher.pk, name: 'Watcher' });
      const tox = new BefriendingTransport(watcher.transport, (name) => !world.areStrangers('Watcher', name));
      await waitFor(world.time, watcher.manager.attachTransport(tox));
      await watcher.online(true);
      await world.until('suggested', () => suggestions(watcher).length > 0);
      await world.run(MINUTE);
      const isFriend = () =>
        watcher.manager.friends().some(({ publicKey }) => toHex(publicKey) === toHex(node.pk));
      assert.deepEqual(
        [tox.asked, isFriend()],
        [befriendOpenNodes ? [node.manager.toxId] : [], befriendOpenNodes],
      );
      await waitFor(world.time, watcher.manager.detachTransport());
    });
  }
});
