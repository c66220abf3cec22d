import assert from 'node:assert/strict';
import { DAY, Depositor, later, Mail, refuse } from '../../support/depositor';

const HOUR = 60 * 60;

describe('deposits on storage nodes', () => {
  let world: Depositor;

  beforeEach(() => {
    world = new Depositor();
  });

  const mail = () => world.mail[0] as Mail;

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
