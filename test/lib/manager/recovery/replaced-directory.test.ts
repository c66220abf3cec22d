import assert from 'node:assert/strict';
import { MINUTE, World } from '../../../support/world';

describe('a session whose data directory is replaced while it is in use', () => {
  it('takes nothing new, neither to send nor from friends, and says why', async () => {
    const world = new World('a replaced directory');
    const ann = await world.add('ann');
    const bob = await world.add('bob');
    await world.settle();
    let changes = 0;
    ann.manager.events.on('changed', () => (changes += 1));
    await ann.memory.disk.writeFile('/data/vault', new Uint8Array(64));
    await world.run(2 * MINUTE);

    assert.ok(changes > 0);
    assert.equal(ann.manager.problem?.code, 'ErrDirectoryReplaced');
    const found = ann.manager.diagnose().filter(({ level }) => level === 'error');
    assert.deepEqual(
      found.map(({ code }) => code),
      ['directory-replaced'],
    );
    await assert.rejects(ann.send(bob, 'lost'), { code: 'ErrDirectoryReplaced' });
    const sent = await bob.send(ann, 'kept by bob');
    await world.run(MINUTE);
    assert.deepEqual(ann.received, []);
    assert.ok(!bob.statesOf(sent).includes('delivered'));
    await world.stop();
  });
});
