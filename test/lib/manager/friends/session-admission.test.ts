import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { generateKeyPair } from '../../../../lib/crypto/generate';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { friendsSeenOn, sessionAdmission } from '../../../../lib/manager/friends/session-admission';
import type { FriendAdmission } from '../../../../lib/transport/friend-admission';
import type { PublicKey } from '../../../../lib/types';
import { MINUTE, waitFor, World, type Device } from '../../../support/world';

describe('who asks an open node to be a friend', () => {
  let world: World;
  let node: Device;
  let home: Device;
  /** When the network last saw somebody, Unix milliseconds. */
  let lastOnline: Map<string, number>;
  const crypto = chooseCryptoProvider();

  beforeEach(async () => {
    world = new World('admission');
    node = await world.add('Open node', { storageRole: 'everyone' });
    home = await world.add('Home');
    lastOnline = new Map();
    await world.settle();
  });

  afterEach(() => world.stop());

  /** As a process makes it at its start. */
  function gate(cap: number): FriendAdmission {
    const { manager, memory } = node;
    const details = () =>
      manager.friends().map(({ publicKey, online }) => ({
        publicKey,
        online,
        ownName: '',
        statusMessage: '',
        status: 'available' as const,
        lastOnline: lastOnline.get(toHex(publicKey)),
      }));
    const log = { error: (text: string) => assert.fail(text) };
    const components = { crypto, clock: world.time.clock, disk: memory.disk, log };
    const settings = { policy: { kind: 'open', cap } } as const;
    return sessionAdmission(manager, settings, friendsSeenOn(manager, { details }), components);
  }

  const someone = () => generateKeyPair(crypto, world.random).publicKey;
  const ask = (by: FriendAdmission, who: PublicKey) => waitFor(world.time, by.onRequest(who, 'Hello'));
  const friends = () => node.manager.friends().map(({ publicKey }) => toHex(publicKey));

  it('becomes one, 20 at once and then 10 an hour', async () => {
    const open = gate(200);
    for (let i = 0; i < 20; i += 1) assert.equal(await ask(open, someone()), 'accepted');
    assert.equal(await ask(open, someone()), 'too-fast');
    await world.run(6 * MINUTE);
    assert.equal(await ask(open, someone()), 'accepted');
    assert.equal(await ask(open, someone()), 'too-fast');
    assert.equal(friends().length, 22);
  });

  it('takes the place of the newcomer who was not seen for longest, after a restart too, and of no friend', async () => {
    const [first, second, third, fourth] = [someone(), someone(), someone(), someone()];
    const open = gate(8);
    for (const each of [first, second]) assert.equal(await ask(open, each), 'accepted');
    lastOnline.set(toHex(first), 2);
    lastOnline.set(toHex(second), 1);
    assert.equal(await ask(open, third), 'accepted');
    assert.deepEqual(friends().sort(), [home.pk, first, third].map(toHex).sort());
    await node.stop();
    await node.start();
    lastOnline.set(toHex(third), 3);
    assert.equal(await ask(gate(8), fourth), 'accepted');
    assert.deepEqual(friends().sort(), [home.pk, third, fourth].map(toHex).sort());
  });

  it('makes no newcomer go for whom a friend of the node left mail', async () => {
    const phone = someone();
    const open = gate(4);
    assert.equal(await ask(open, phone), 'accepted');
    node.manager.holdsMailFor = (friend, submitters) =>
      toHex(friend) === toHex(phone) && submitters.some((each) => toHex(each) === toHex(home.pk));
    assert.equal(await ask(open, someone()), 'full');
    assert.deepEqual(friends().sort(), [home.pk, phone].map(toHex).sort());
  });

  it('is let in whatever else stands in the place of the list', async () => {
    await waitFor(
      world.time,
      node.manager.savePreference('friends-admitted', [1, { friend: 2, at: 3 }, null]),
    );
    assert.equal(await ask(gate(4), someone()), 'accepted');
    assert.equal(friends().length, 2);
  });
});
