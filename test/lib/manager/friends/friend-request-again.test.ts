import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { ToxAsyncError } from '../../../../lib/errors';
import { formatToxId } from '../../../../lib/identity/tox-id';
import { parseProfile, serialiseProfile, withFriends } from '../../../../lib/identity/tox-profile';
import { hasCode } from '../../../../lib/testing/has-code';
import type { FriendDetails } from '../../../../lib/transport/friend-transport';
import type { PublicKey } from '../../../../lib/types';
import { waitFor, World, type Device } from '../../../support/world';
import { BefriendingTransport } from '../support/befriending-transport';

/** As Tox: it refuses an empty text, and asks nobody who is a friend. */
class Tox extends BefriendingTransport {
  readonly calls: string[] = [];
  readonly had = new Set<string>();
  fails: 'to ask' | 'altogether' | undefined;

  override async addFriend(toxId: string, text = ''): Promise<PublicKey> {
    const key = toxId.slice(0, 64).toLowerCase();
    if (text === '') throw new ToxAsyncError('ErrInvalidArgument', 'There is no text.');
    if (!this.had.has(key)) {
      if (this.fails !== undefined) throw new ToxAsyncError('ErrTransport', 'The network ended.');
      this.calls.push(`ask: ${text}`);
      this.had.add(key);
    }
    return super.addFriend(toxId);
  }

  override async acceptFriend(publicKey: PublicKey): Promise<void> {
    if (this.fails === 'altogether') throw new ToxAsyncError('ErrTransport', 'The network has ended.');
    this.had.add(toHex(publicKey));
  }

  override async removeFriend(publicKey: PublicKey): Promise<void> {
    this.had.delete(toHex(publicKey));
  }

  override details(): readonly FriendDetails[] {
    const unseen = { online: false, ownName: '', statusMessage: '', status: 'available' } as const;
    return [...this.had].map((key) => ({
      ...unseen,
      publicKey: new Uint8Array(Buffer.from(key, 'hex')),
      lastOnline: undefined,
    }));
  }
}

describe('a friend request in place of one that was never answered', () => {
  let world: World;
  let device: Device;
  let tox: Tox;
  let friend: PublicKey;
  let request: (text: string) => Promise<boolean>;

  beforeEach(async () => {
    world = new World('request again');
    world.strangers('Device', 'Friend');
    device = await world.add('Device');
    friend = (await world.add('Friend')).pk;
    await device.depart();
    device.transport = world.network.join({ publicKey: device.pk, name: 'Device' });
    tox = new Tox(device.transport, () => false);
    await waitFor(world.time, device.manager.attachTransport(tox));
    await device.online(true);
    const toxId = formatToxId(friend, new Uint8Array(4));
    request = (text) => waitFor(world.time, device.manager.control.requestFriend(toxId, text));
    await request('first');
  });

  afterEach(async () => {
    await waitFor(world.time, device.manager.detachTransport());
    await world.stop();
  });

  const isListed = () => device.manager.friends().some(({ publicKey }) => toHex(publicKey) === toHex(friend));

  it('is sent', async () => {
    assert.equal(await request('second'), true);
    assert.deepEqual(tox.calls, ['ask: first', 'ask: second']);
  });

  it('leaves the first one as it is when it cannot be sent at all', async () => {
    let removed = 0;
    tox.removeFriend = async () => void (removed += 1);
    await assert.rejects(request(''), hasCode('ErrInvalidArgument'));
    assert.deepEqual([removed, tox.had.has(toHex(friend)), isListed()], [0, true, true]);
  });

  it('leaves the friend to the network when it fails', async () => {
    tox.fails = 'to ask';
    await assert.rejects(request('second'), /The network ended/);
    assert.deepEqual([tox.had.has(toHex(friend)), isListed()], [true, true]);
  });

  it('says why it failed, and has the friend in the profile, also when the network ended', async () => {
    tox.fails = 'altogether';
    const { profile } = device.manager;
    tox.removeFriend = async () => {
      tox.had.clear();
      await profile.save(serialiseProfile(withFriends(parseProfile(profile.savedata()), [])));
    };
    await assert.rejects(request('second'), /The network ended/);
    assert.equal(isListed(), true);
    assert.ok(toHex(profile.savedata()).includes(toHex(friend)));
  });
});
