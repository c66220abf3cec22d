import assert from 'node:assert/strict';
import { DAY } from '../../support/depositor';
import { LargeSender } from '../../support/large-sender';

/** Four chunks. */
const BYTES = 20_000;
const ALL = ['head', 0, 1, 2, 3];
const at = (node: string, name: string, pieces: readonly unknown[] = ALL) =>
  pieces.map((piece) => `${node} ${name} ${String(piece)}`);

describe('deposits of large messages', () => {
  let sender: LargeSender;

  beforeEach(async () => {
    sender = await LargeSender.open();
  });

  afterEach(() => assert.deepEqual(sender.errors, []));

  it('bring the chunks to the nodes that took the head, and call it stored once a node has all', async () => {
    sender.network.nodes = 'abcd';
    await sender.add('m', BYTES);
    const asked = await sender.pass();
    assert.deepEqual(asked.toSorted(), [...at('a', 'm'), ...at('b', 'm'), ...at('c', 'm')].toSorted());
    assert.deepEqual(sender.outcomes.at(-1), 'm stored 3');
    assert.deepEqual(await sender.pass(60), []);
  });

  it('give a node no chunk before it took the head', async () => {
    sender.network.nodes = 'a';
    sender.network.node.a = (piece) => (piece === 'head' ? 'mailbox-share' : 'ok');
    await sender.add('m', BYTES);
    assert.deepEqual(await sender.pass(10), at('a', 'm', ['head']));
    assert.deepEqual(sender.outcomes, []);
  });

  it('do not call a message stored while a node lacks one chunk', async () => {
    sender.network.nodes = 'a';
    sender.network.node.a = (piece) => (piece === 2 ? 'busy' : 'ok');
    await sender.add('m', BYTES);
    await sender.pass(10);
    assert.deepEqual(sender.outcomes, []);
    assert.equal(sender.entry('m').stored, false);
    sender.network.node = {};
    assert.deepEqual(await sender.pass(15), at('a', 'm', [2]));
    assert.deepEqual(sender.outcomes, ['m stored 1']);
  });

  it('renew all pieces together before the head is dropped, and report no copy twice', async () => {
    sender.network.nodes = 'a';
    await sender.add('m', BYTES);
    await sender.pass();
    assert.deepEqual(await sender.pass(0.89 * DAY), []);
    assert.deepEqual(await sender.pass(0.02 * DAY), at('a', 'm'));
    assert.deepEqual(sender.outcomes, ['m stored 1']);
  });

  it('renew all pieces as soon as the first of them would be dropped', async () => {
    sender.network.nodes = 'a';
    await sender.add('m', BYTES, DAY / 2);
    await sender.pass();
    const [copy] = sender.entry('m').copies;
    assert.equal(copy?.kept, DAY / 2);
    assert.deepEqual(await sender.pass(DAY / 2 - 60), []);
  });

  it('have at most four chunks under way at a node, and let what is small go first', async () => {
    sender.network.nodes = 'a';
    let release = () => {};
    const held = new Promise<'ok'>((resolve) => (release = () => resolve('ok')));
    sender.network.node.a = (piece) => (piece === 'head' ? 'ok' : held);
    await sender.add('m', 60_000);
    assert.deepEqual(await sender.pass(), at('a', 'm', ['head', 0, 1, 2, 3]));
    await sender.addSmall('s');
    assert.deepEqual(await sender.pass(), ['a s head']);
    release();
    assert.equal((await sender.pass()).length, 8);
    assert.equal(sender.network.most.a, 5);
  });

  it('go on after a restart with what is missing, or with all where a head was renewed since', async () => {
    sender.network.nodes = 'ab';
    sender.network.node.a = (piece) => (piece === 3 ? 'busy' : 'ok');
    await sender.add('m', BYTES);
    await sender.pass();
    await sender.restart();
    sender.network.node = {};
    assert.deepEqual(await sender.pass(), at('a', 'm', [3]));
    assert.deepEqual(sender.outcomes, ['m stored 1', 'm stored 2']);
  });

  it('offer once more what a crash let be forgotten, and count it once', async () => {
    sender.network.nodes = 'a';
    await sender.add('m', BYTES);
    await sender.pass();
    const writes = sender.alice.store.batch();
    sender.large.chunks.clear(writes, sender.entry('m'));
    await writes.commit();
    await sender.restart();
    assert.deepEqual(await sender.pass(), at('a', 'm', [0, 1, 2, 3]));
    assert.deepEqual(sender.outcomes, ['m stored 1']);
  });

  for (const code of ['node-share', 'node-full'] as const) {
    it(`take the next node for a day when one answers a chunk with ${code}`, async () => {
      sender.network.nodes = 'abcd';
      sender.network.node.a = (piece) => (piece === 1 ? code : 'ok');
      await sender.add('m', BYTES);
      const asked = await sender.pass(60);
      assert.ok(!asked.includes('a m 4'));
      assert.equal(asked.filter((each) => each === 'a m 1').length, 1);
      assert.deepEqual(
        asked.filter((each) => each.startsWith('d')),
        at('d', 'm'),
      );
      assert.deepEqual(sender.outcomes.at(-1), 'm stored 3');
      sender.network.node = {};
      sender.network.nodes = 'ab';
      assert.ok(!(await sender.pass(0.9 * DAY)).some((each) => each.startsWith('a')));
      assert.ok((await sender.pass(0.5 * DAY)).some((each) => each.startsWith('a')));
    });
  }

  it('try a full share of the mailbox again and again, and no longer each time', async () => {
    sender.network.nodes = 'a';
    sender.network.node.a = (piece) => (piece === 'head' ? 'ok' : 'mailbox-share');
    await sender.add('m', BYTES);
    await sender.pass();
    const tries = (await sender.pass(600)).length;
    assert.ok(tries >= 600 / 25 && tries <= 600 / 10, `${tries} tries`);
    sender.network.node = {};
    await sender.pass(30);
    assert.deepEqual(sender.outcomes, ['m stored 1']);
  });

  it('hold back everything for a node that says rate, and no longer each time', async () => {
    sender.network.nodes = 'a';
    sender.network.node.a = (piece) => (piece === 'head' ? 'ok' : 'rate');
    await sender.add('m', BYTES);
    await sender.pass();
    await sender.addSmall('s');
    assert.deepEqual(await sender.pass(5), []);
    const asked = await sender.pass(600);
    const tries = asked.filter((each) => each === 'a m 0').length;
    assert.ok(tries >= 600 / 25 && tries <= 600 / 10, `${tries} tries`);
  });

  it('back off from a node that does not answer, and bring the message to one more after three times', async () => {
    sender.network.nodes = 'abcd';
    sender.network.node.a = (piece) => (piece === 'head' ? 'ok' : 'silence');
    await sender.add('m', BYTES);
    assert.ok(!(await sender.pass(40)).some((each) => each.startsWith('d')));
    const asked = await sender.pass(300);
    assert.deepEqual(
      asked.filter((each) => each.startsWith('d')),
      at('d', 'm'),
    );
    assert.deepEqual(sender.outcomes.at(-1), 'm stored 3');
    sender.network.node = {};
    await sender.pass(600);
    assert.deepEqual(sender.outcomes.at(-1), 'm stored 3');
    assert.equal(sender.network.kept.get('a')?.size, 5);
  });

  it('end with the message, whatever is under way', async () => {
    sender.network.nodes = 'a';
    let release = () => {};
    const held = new Promise<'ok'>((resolve) => (release = () => resolve('ok')));
    sender.network.node.a = (piece) => (piece === 'head' ? 'ok' : held);
    const entry = await sender.add('m', 60_000);
    await sender.pass();
    await sender.receipt(entry);
    release();
    assert.deepEqual(await sender.pass(10), []);
    assert.deepEqual(sender.outcomes, ['m delivered direct 0']);
  });

  it('end unconfirmed only when a node had all of it', async () => {
    sender.network.nodes = 'a';
    await sender.add('m', BYTES, 600);
    sender.network.node.a = (piece) => (piece === 3 ? 'busy' : 'ok');
    await sender.pass(610);
    assert.deepEqual(sender.outcomes, ['m expired 0 3']);
    sender.network.node = {};
    await sender.add('n', BYTES, 600);
    await sender.pass(610);
    assert.deepEqual(sender.outcomes.slice(1), ['n stored 1', 'n unconfirmed 1 3']);
  });

  it('ask a node for no more than it takes of many at once, whatever waits', async () => {
    sender.network.nodes = 'a';
    const counts: number[] = [];
    for (const name of ['m', 'n', 'o']) {
      const entry = await sender.add(name, 262_144);
      let count = 0;
      for (let asked = await sender.pass(); asked.length > 0; asked = await sender.pass())
        count += asked.length;
      counts.push(count);
      await sender.receipt(entry);
    }
    // 120 chunks at once, and ten a second after that.
    assert.deepEqual(counts.slice(0, 2), [51, 51]);
    assert.ok(counts[2] && counts[2] <= 23, String(counts));
    await sender.add('p', 262_144);
    const { length } = await sender.pass(2);
    assert.ok(length >= 15 && length <= 70, String(length));
  });

  it('fail a message that the vault lost', async () => {
    const entry = await sender.add('m', BYTES);
    const writes = sender.alice.store.batch();
    sender.alice.vault.erase(writes, [entry.ref]);
    await writes.commit();
    sender.network.nodes = 'a';
    await sender.pass(60);
    assert.deepEqual(sender.outcomes, ['m failed lost 0']);
  });
});
