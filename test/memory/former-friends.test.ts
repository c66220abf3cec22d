import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { holdersOf } from './support/memory-search';
import { type Device, MINUTE, SECOND, waitFor, World } from '../support/world';

describe('a friend that is removed', function () {
  this.timeout(120_000);

  it('leaves nothing of itself in memory', async () => {
    const world = new World('former friends');
    const ann = await world.add('Ann', { limits: { inboxMessages: 1 } });
    const bob = await world.add('Bob');
    const cat = await world.add('Cat');
    await world.settle();
    /** Mail from one to the other, by way of the third. */
    const byMail = async (from: Device, to: Device) => {
      await to.online(false);
      const sent = await from.send(to, 'by mail');
      await world.until('stored', () => from.statesOf(sent).includes('stored'));
      await from.online(false);
      await to.online(true);
      await world.until('received', () => to.texts.at(-1) === 'by mail');
      await from.online(true);
      await world.run(10 * SECOND);
      to.received.splice(0);
    };
    for (const from of world.devices) {
      for (const to of world.devices) if (from !== to) await byMail(from, to);
    }
    // One message fills Ann's inbox, so that the next one is turned away.
    ann.handle = () => 'later';
    await cat.send(ann, 'kept');
    await world.until('received', () => ann.texts.at(-1) === 'kept');
    await bob.send(ann, 'no room for it');
    await world.run(10 * SECOND);
    assert.deepEqual(ann.texts, ['kept']);
    ann.received.splice(0);
    const { pk } = bob;
    const other = cat.pk;
    world.strangers('Ann', 'Bob');
    await bob.stop();
    await world.run(10 * SECOND);
    await waitFor(world.time, ann.manager.removeFriend(pk));
    await cat.stop();
    // What Cat knows, and Bob of himself, is theirs.
    world.devices.splice(1);
    for (const gone of [bob, cat]) Object.assign(gone, { manager: undefined, transport: undefined });
    await world.run(MINUTE);
    const search = () => holdersOf(pk, other);
    let [former, present] = await search();
    // What only the finalizers of the last collection let go of goes with the next one.
    if (former?.length !== 0) [former, present] = await setTimeout(1000).then(search);
    assert.deepEqual(former, []);
    assert.ok((present?.length ?? 0) > 5, `the search finds a friend: ${String(present)}`);
    await world.stop();
  });
});
