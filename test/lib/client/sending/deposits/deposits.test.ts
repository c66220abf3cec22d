import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../../lib/errors';
import { DAY, Depositor, later, Mail, nodeOf, type Answering } from '../../support/depositor';

const HOUR = 60 * 60;
const refuse: Answering = () => Promise.resolve({ code: 'busy' });

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

  it('wait 15 s for a node that refused, then twice as long, up to an hour; a copy makes that good', async () => {
    world.nodes = 'a';
    world.answer = { a: refuse };
    const pauses: number[] = [];
    await world.pass();
    for (let i = 0, waited = 0; i < 12; waited += 5) {
      if ((await world.pass(5)) === '') continue;
      pauses.push(waited);
      waited = 0;
      i += 1;
    }
    for (const [i, pause] of pauses.entries()) {
      const middle = Math.min(HOUR, 15 * 2 ** i);
      assert.ok(pause > middle * 0.75 - 10 && pause < middle * 1.25 + 10, pauses.join());
    }
    world.answer = {};
    await world.pass(2 * HOUR);
    assert.equal(world.copies, 'a');
    world.answer = { a: refuse };
    await world.sleep(DAY);
    assert.equal(await world.pass(20), 'aa');
  });

  it('offer nothing more to a node that says `rate`, until the time is over that it names', async () => {
    world.mail = [new Mail(1), new Mail(2)];
    world.nodes = 'a';
    world.answer = { a: () => Promise.resolve({ code: 'rate', wait: 100 }) };
    assert.equal(await world.pass(), 'aa', 'both were under way');
    world.mail.push(new Mail(3));
    assert.equal(await world.pass(95), '', 'neither mail that it refused nor other mail');
    assert.equal(await world.pass(10), 'aaa');
  });

  it('go to others while a node says `rate`', async () => {
    world.mail = [new Mail(1), new Mail(2)];
    world.nodes = 'ab';
    world.answer = { a: () => Promise.resolve({ code: 'rate', wait: 100 }) };
    await world.pass();
    assert.equal(world.copies, 'bb');
  });

  it('that a node refuses for their own sake do not hold back other mail for the same node', async () => {
    for (const code of ['busy', 'no-mailbox', 'off', 'bad-request'] as const) {
      world = new Depositor();
      world.nodes = 'a';
      world.answer = { a: () => Promise.resolve({ code }) };
      assert.equal(await world.pass(), 'a', code);
      world.mail.push(new Mail(2));
      world.answer = {};
      assert.equal(await world.pass(), 'a', code);
      assert.deepEqual(
        world.mail.map(({ copies }) => copies.length),
        [0, 1],
        code,
      );
    }
  });

  it('are not more because a better node takes mail again while another one is asked', async () => {
    world.nodes = 'ab';
    const slow = later<object>();
    world.answer = { a: refuse, b: () => slow.promise };
    assert.equal(await world.pass(), 'ab');
    world.answer = {};
    world.deposits.reset(nodeOf('a'));
    assert.equal(await world.pass(), '');
    slow.resolve({});
    await world.pass();
    assert.equal(world.copies, 'b');
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

  it('ask a node that refused at once when a new session with it begins, but never twice at a time', async () => {
    world.nodes = 'a';
    world.answer = { a: refuse };
    await world.pass();
    world.deposits.reset(nodeOf('b'));
    assert.equal(await world.pass(), '');
    world.deposits.reset(nodeOf('a'));
    const slow = later<object>();
    world.answer = { a: () => slow.promise };
    assert.equal(await world.pass(), 'a');
    world.deposits.reset(nodeOf('a'));
    assert.equal(await world.pass(), '');
    slow.resolve({});
    await world.pass();
    assert.equal(world.copies, 'a');
  });

  it('forget a node that is no friend any more: should it be one again, it is asked at once', async () => {
    world.nodes = 'a';
    world.answer = { a: refuse };
    await world.pass();
    world.deposits.forget(nodeOf('a'));
    assert.equal(await world.pass(), 'a');
  });

  it('hold back what is new when a node has no room, and no renewal of what it has', async () => {
    for (const code of ['node-full', 'node-share', 'mailbox-share'] as const) {
      world = new Depositor();
      world.nodes = 'a';
      assert.equal(await world.pass(), 'a');
      world.answer = { a: () => Promise.resolve({ code }) };
      world.mail.push(new Mail(2), new Mail(3));
      assert.equal(await world.pass(), 'aa', 'both were under way');
      world.mail.push(...Array.from({ length: 900 }, (_, i) => new Mail(i + 4)));
      assert.equal(await world.pass(), '', `${code} is not asked for by each of them`);
      world.answer = {};
      await world.sleep(DAY * 0.9);
      world.answer = { a: () => Promise.resolve({ code }) };
      world.mail = world.mail.slice(0, 3);
      assert.equal((await world.pass()).length, 3, 'the renewal, and the others once more');
      world.answer = {};
      assert.equal(await world.pass(), '', code);
      assert.equal(await world.pass(60), 'aaa', code);
      assert.equal(world.copies, 'aaa');
    }
  });

  it('hold back no mail for other friends when the share of one mailbox is used up', async () => {
    world.nodes = 'a';
    world.answer = { a: () => Promise.resolve({ code: 'mailbox-share' }) };
    await world.pass();
    world.answer = {};
    world.mail = [new Mail(2), new Mail(3, new Uint8Array(32).fill(8))];
    assert.equal(await world.pass(), 'a');
    assert.deepEqual(
      world.mail.map(({ copies }) => copies.length),
      [0, 1],
    );
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

  it('note how a node did: well, or silent; one that went or refused is not blamed', async () => {
    world = new Depositor({ wanted: 4 });
    world.nodes = 'abcd';
    world.answer = {
      b: () => Promise.reject(new ToxAsyncError('ErrTimeout', 'silent')),
      c: () => Promise.reject(new ToxAsyncError('ErrNotConnected', 'gone')),
      d: refuse,
    };
    await world.pass();
    assert.deepEqual(world.health, ['a well', 'b failed']);
    assert.deepEqual(world.errors, []);
    assert.equal(await world.pass(), '', 'each of them is left alone for a while');
  });

  it('are renewed when nine tenths of the time are over for which the node keeps them', async () => {
    world.nodes = 'a';
    assert.equal(await world.pass(), 'a');
    await world.sleep(0.9 * DAY - 1);
    assert.equal(await world.pass(), '');
    await world.sleep(1);
    assert.equal(await world.pass(), 'a');
    assert.deepEqual(world.told, [1], 'which is nothing new');
  });

  it('are not renewed when they are kept to the end of the life of the mail', async () => {
    mail().lifetime = HOUR;
    world.nodes = 'a';
    assert.equal(await world.pass(), 'a');
    await world.sleep(0.95 * HOUR);
    assert.equal(await world.pass(), '');
  });

  it('count for as long as we let a node keep mail, whatever it says', async () => {
    world.nodes = 'a';
    world.answer = { a: () => Promise.resolve({ kept: 7 * DAY }) };
    await world.pass();
    await world.sleep(0.9 * DAY);
    assert.equal(await world.pass(), 'a');
  });

  it('are replaced by others when their node is gone, and count again when it is back', async () => {
    world.nodes = 'a';
    await world.pass();
    world.nodes = 'b';
    assert.equal(await world.pass(10), '');
    world.gone = 'a';
    assert.equal(await world.pass(10), 'b');
    assert.deepEqual(world.told, [1], 'as many as ever');
  });

  it('are never more than wanted in what is said of them', async () => {
    world = new Depositor({ wanted: 2 });
    world.nodes = 'ab';
    await world.pass();
    Object.assign(world, { nodes: 'cd', gone: 'ab' });
    const slow = later<object>();
    world.answer = { d: () => slow.promise };
    await world.pass();
    world.gone = '';
    slow.resolve({});
    await world.pass();
    assert.equal(world.copies, 'abcd');
    assert.deepEqual([world.told, mail().told], [[2], 2]);
  });

  it('of what is deposited once are neither renewed nor replaced', async () => {
    mail().once = true;
    world.nodes = 'a';
    await world.pass();
    await world.sleep(0.95 * DAY);
    world.nodes = 'b';
    assert.equal(await world.pass(), '');
    Object.assign(world, { gone: 'a', looks: 0 });
    assert.equal(await world.pass(3_600), '');
    assert.equal(world.looks, 1, 'nor looked at again and again');
  });

  it('name the rise of the copies, and never a fall or the same number again', async () => {
    world = new Depositor({ wanted: 2 });
    world.nodes = 'ab';
    await world.pass();
    Object.assign(world, { nodes: 'cd', gone: 'ab' });
    await world.pass();
    assert.equal(world.copies, 'abcd');
    assert.deepEqual(world.told, [2]);
    assert.equal(mail().told, 2);
  });

  it('are not asked for mail whose life is over', async () => {
    mail().lifetime = 60;
    await world.sleep(60);
    world.nodes = 'a';
    assert.equal(await world.pass(), '');
    assert.equal(world.wakeups, 0, 'nor does anything look again at once');
  });

  it('count only for mail that is still there, sealed to the same key, when the node confirms', async () => {
    for (const end of [() => world.mail.pop(), () => delete mail().sealed]) {
      world = new Depositor();
      const slow = later<object>();
      world.nodes = 'a';
      world.answer = { a: () => slow.promise };
      await world.pass();
      const [entry] = world.mail;
      end();
      slow.resolve({});
      await world.pass();
      assert.deepEqual([entry?.copies, world.told], [[], []]);
    }
  });

  it('are durable before anybody hears of them', async () => {
    const durable: boolean[] = [];
    world = new Depositor({ onStored: ({ copies }) => durable.push(copies.length > 0) });
    world.nodes = 'a';
    await world.pass();
    assert.deepEqual(durable, [true]);
  });

  it('count, too, at a node that had the mail already, and keeps it for a short rest of its life', async () => {
    mail().lifetime = 10;
    world.nodes = 'a';
    world.answer = { a: () => Promise.resolve({ code: 'known' }) };
    await world.pass();
    assert.equal(world.copies, 'a');
  });

  it('wait for what must be done before each', async () => {
    const ready = later<void>();
    world = new Depositor({ beforeDeposit: () => ready.promise });
    world.nodes = 'a';
    assert.equal(await world.pass(10), '');
    ready.resolve();
    assert.equal(await world.pass(), 'a');
  });

  it('of mail sealed to another key by then count for nothing', async () => {
    const slow = later<object>();
    world.nodes = 'a';
    world.answer = { a: () => slow.promise };
    await world.pass();
    const before = mail().sealed;
    mail().sealed = { storageId: new Uint8Array(16).fill(2) };
    world.answer = { a: refuse };
    slow.resolve({ ...before });
    await world.pass();
    assert.equal(world.copies, '');
  });
});
