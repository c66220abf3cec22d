import assert from 'node:assert/strict';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import type { FleetFriend } from '../../../../lib/storage/fleet/fleet-register';
import { MaskedFleetRegister } from '../../../../lib/storage/fleet/masked-register';
import { fleetMarksKey } from '../../../../lib/storage/fleet/storage-fleet';
import { MemoryFleetRegister } from '../../../../lib/testing/memory-fleet-register';
import { bytesOf } from '../../../../lib/testing/engine/sample-mail';

const crypto = createPortableProvider();
const node = crypto.keyPairFromSecret(bytesOf('node')).publicKey;
const friendOf = (name: string): FleetFriend => ({
  mailbox: bytesOf(`mailbox of ${name}`),
  mark: bytesOf(`mark of ${name}`).slice(0, 16),
});
const hex = (marks: readonly FleetFriend[]) => marks.map(({ mark }) => Buffer.from(mark).toString('hex'));

describe('the register of a fleet, masked', () => {
  let register: MemoryFleetRegister;
  const masked = (secret: string) =>
    new MaskedFleetRegister({ crypto, register }, fleetMarksKey(crypto, bytesOf(secret)));
  const friends = ['ann', 'bob'].map(friendOf);

  beforeEach(() => {
    register = new MemoryFleetRegister();
  });

  it('gives each node with the secret the friends of the others, as they are', async () => {
    await masked('secret').publish(node, friends);
    assert.deepEqual(await masked('secret').read(), friends);
  });

  it('shows a copy of the database mailboxes, and no mark', async () => {
    await masked('secret').publish(node, friends);
    const copied = await register.read();
    assert.deepEqual(
      copied.map(({ mailbox }) => mailbox),
      friends.map(({ mailbox }) => mailbox),
    );
    const marks = hex(friends);
    for (const shown of [copied, await masked('another').read()]) {
      assert.ok(hex(shown).every((mark) => mark.length === 32 && !marks.includes(mark)));
    }
  });

  it('takes the masks off once, as long as nothing changed', async () => {
    const list = friends;
    const still = { publish: () => Promise.resolve(), read: () => Promise.resolve(list) };
    const reader = new MaskedFleetRegister({ crypto, register: still }, bytesOf('key'));
    assert.equal(await reader.read(), await reader.read());
  });
});
