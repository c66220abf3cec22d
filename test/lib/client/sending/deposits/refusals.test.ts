import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../../lib/errors';
import { DAY, Depositor, later, Mail, nodeOf, refuse } from '../../support/depositor';

const HOUR = 60 * 60;

describe('deposits on storage nodes', () => {
  let world: Depositor;

  beforeEach(() => {
    world = new Depositor();
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
});
