import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../../lib/errors';
import { Depositor, later, Mail } from '../../support/depositor';

describe('deposits on storage nodes', () => {
  let world: Depositor;

  beforeEach(() => {
    world = new Depositor();
  });

  const mail = () => world.mail[0] as Mail;

  it('ask as many nodes as copies are missing, the best first, and no other while one is asked', async () => {
    world = new Depositor({ wanted: 2 });
    const slow = later<object>();
    world.nodes = 'abcd';
    world.answer = { b: () => slow.promise };
    assert.equal(await world.pass(60), 'ab');
    assert.equal(world.copies, 'a');
    slow.resolve({ code: 'busy' });
    assert.equal(await world.pass(), 'c', 'instead of the one that refused');
    assert.equal(world.copies, 'ac');
    assert.deepEqual(world.told, [1, 2]);
  });

  it('go to a node 32 at a time; the others wait for their turn, unless it does not answer', async () => {
    world.mail = Array.from({ length: 80 }, (_, i) => new Mail(i + 1));
    world.nodes = 'ab';
    const slow = later<object>();
    world.answer = { a: () => slow.promise };
    assert.equal(await world.pass(), 'a'.repeat(32));
    slow.resolve({});
    await world.pass();
    assert.equal(world.copies, 'a'.repeat(80));

    world = new Depositor();
    world.mail = Array.from({ length: 80 }, (_, i) => new Mail(i + 1));
    world.nodes = 'ab';
    const silence = later<object>();
    world.answer = {
      a: () => silence.promise.then(() => Promise.reject(new ToxAsyncError('ErrTimeout', 'x'))),
    };
    await world.pass();
    silence.resolve({});
    world.answer = { a: () => later<object>().promise };
    await world.pass();
    assert.ok(world.copies.length >= 48, 'all but those that wait for its answer');
    assert.ok(!world.copies.includes('a'));
  });

  it('go to a node while the disk notes what it answered to others', async () => {
    world.mail = Array.from({ length: 80 }, (_, i) => new Mail(i + 1));
    world.nodes = 'a';
    const disk = later<void>();
    void world.queues.run(mail().friend, () => disk.promise);
    assert.equal(await world.pass(), 'a'.repeat(80));
    assert.equal(world.copies, '');
    disk.resolve();
    await world.pass();
    assert.equal(world.copies, 'a'.repeat(80));
  });

  it('all get their turn at a node, also when those before them ended or went elsewhere', async () => {
    world.mail = Array.from({ length: 100 }, (_, i) => new Mail(i + 1));
    world.nodes = 'a';
    const slow = later<object>();
    world.answer = { a: () => slow.promise };
    assert.equal((await world.pass()).length, 32);
    world.mail = world.mail.filter(({ sequence }) => sequence <= 32 || sequence > 90);
    slow.resolve({});
    await world.time.advance(1);
    assert.equal(world.copies.length, 42);
  });

  it('are not asked for mail whose life is over', async () => {
    mail().lifetime = 60;
    await world.sleep(60);
    world.nodes = 'a';
    assert.equal(await world.pass(), '');
    assert.equal(world.wakeups, 0, 'nor does anything look again at once');
  });

  it('wait for what must be done before each', async () => {
    const ready = later<void>();
    world = new Depositor({ beforeDeposit: () => ready.promise });
    world.nodes = 'a';
    assert.equal(await world.pass(10), '');
    ready.resolve();
    assert.equal(await world.pass(), 'a');
  });
});
