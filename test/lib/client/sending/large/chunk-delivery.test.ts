import assert from 'node:assert/strict';
import type { Piece } from '../../support/large-network';
import { LargeSender } from '../../support/large-sender';

/** Four chunks. */
const BYTES = 20_000;
const ALL: readonly Piece[] = ['head', 0, 1, 2, 3];
const CHUNKS = ALL.slice(1);
const toBob = (name: string, pieces = ALL) => pieces.map((piece) => `bob ${name} ${piece}`);

describe('delivery of large messages', () => {
  let sender: LargeSender;

  beforeEach(async () => {
    sender = await LargeSender.open();
  });

  afterEach(() => assert.deepEqual(sender.errors, []));

  it('is the head, then all chunks, and not over before the receipt', async () => {
    await sender.meet();
    const entry = await sender.add('m', BYTES);
    assert.deepEqual(await sender.pass(), toBob('m'));
    assert.deepEqual(await sender.pass(600), []);
    assert.deepEqual(sender.outcomes, []);
    await sender.receipt(entry);
    assert.deepEqual(sender.outcomes, ['m delivered direct 0']);
  });

  it('asks no node while it goes on, nor when the friend has answered all', async () => {
    sender.network.nodes = 'abc';
    await sender.meet();
    await sender.add('m', BYTES);
    assert.deepEqual(await sender.pass(600), toBob('m'));
  });

  it('has four chunks under way of sixteen messages, and what is small goes past them', async () => {
    let release = () => {};
    const held = new Promise<'ok'>((resolve) => (release = () => resolve('ok')));
    sender.network.friend = (piece, name) => (piece === 'head' && name === 'm' ? 'ok' : held);
    await sender.meet();
    await sender.add('m', 60_000);
    assert.deepEqual(await sender.pass(), toBob('m', ['head', 0, 1, 2, 3]));
    for (let n = 0; n < 20; n++) await sender.addSmall(String.fromCharCode(65 + n));
    assert.equal((await sender.pass()).length, 12);
    assert.equal(sender.network.most.bob, 16);
    release();
    await sender.pass();
  });

  it('begins each meeting with the head, and goes on with the chunks not answered when it is known', async () => {
    sender.network.friend = (piece) => (piece === 2 ? 'silence' : 'ok');
    await sender.meet();
    await sender.add('m', BYTES);
    await sender.pass();
    sender.part();
    sender.network.friend = (piece) => (piece === 'head' ? 'known' : 'ok');
    await sender.meet();
    assert.deepEqual(await sender.pass(), toBob('m', ['head', 2]));
  });

  it('goes on so after a restart', async () => {
    sender.network.friend = (piece) => (piece === 2 ? 'silence' : 'ok');
    await sender.meet();
    await sender.add('m', BYTES);
    await sender.pass();
    await sender.restart();
    sender.network.friend = (piece) => (piece === 'head' ? 'known' : 'ok');
    await sender.meet();
    assert.deepEqual(await sender.pass(), toBob('m', ['head', 2]));
  });

  it('gives a friend who answers ok to the head all chunks, whatever it had before', async () => {
    sender.network.friend = (piece) => (piece === 2 ? 'silence' : 'ok');
    await sender.meet();
    await sender.add('m', BYTES);
    await sender.pass();
    sender.part();
    sender.network.friend = () => 'ok';
    await sender.meet();
    assert.deepEqual((await sender.pass()).toSorted(), toBob('m').toSorted());
  });

  it('makes the chunks at nodes undone with it: the friend may have taken them from there, and lost them', async () => {
    sender.network.nodes = 'a';
    await sender.add('m', BYTES);
    await sender.pass();
    sender.network.friend = (piece) => (piece === 'head' ? 'ok' : 'busy');
    await sender.meet();
    const asked = await sender.pass(15);
    assert.deepEqual(
      asked.filter((each) => each.startsWith('a')),
      ['a m 0', 'a m 1', 'a m 2', 'a m 3'],
    );
  });

  it('offers all once more in a later meeting when no receipt came, and once a meeting', async () => {
    await sender.meet();
    await sender.add('m', BYTES);
    await sender.pass();
    sender.network.friend = () => 'known';
    for (let meeting = 0; meeting < 3; meeting++) {
      sender.part();
      await sender.meet();
      assert.deepEqual((await sender.pass(600)).toSorted(), toBob('m').toSorted());
    }
  });

  it('goes to nodes while the friend is busy, with the head or a chunk, and comes back', async () => {
    for (const busy of ['head', 1] as const) {
      sender = await LargeSender.open();
      sender.network.nodes = 'a';
      sender.network.friend = (piece) => (piece === busy ? 'busy' : 'ok');
      await sender.meet();
      await sender.add('m', BYTES);
      const first = await sender.pass(20);
      assert.deepEqual(
        first.filter((each) => each.startsWith('a')),
        ALL.map((piece) => `a m ${piece}`),
      );
      sender.network.friend = () => 'ok';
      const again = await sender.pass(20);
      assert.deepEqual(again, busy === 'head' ? toBob('m') : toBob('m', [1]));
    }
  });

  it('goes to nodes when the friend leaves without a receipt', async () => {
    sender.network.nodes = 'a';
    await sender.meet();
    await sender.add('m', BYTES);
    await sender.pass();
    sender.part();
    assert.deepEqual(
      await sender.pass(5),
      ALL.map((piece) => `a m ${piece}`),
    );
  });

  it('keeps the head on its envelope when a list of keys does not name its key: it may be open long since', async () => {
    sender.network.nodes = 'a';
    const { sealed } = await sender.add('m', BYTES);
    await sender.pass();
    sender.network.friend = (piece) => (piece === 'head' ? 'known' : 'ok');
    await sender.meet(new Map());
    assert.deepEqual(sender.entry('m').sealed, sealed);
    assert.deepEqual(await sender.pass(), toBob('m'));
  });

  it('is sealed anew when the friend does not know the key, and its list neither: all chunks go again', async () => {
    sender.network.nodes = 'a';
    const entry = await sender.add('m', BYTES);
    const { sealed } = entry;
    await sender.pass();
    const { batch, index } = { batch: (sealed?.preKeyId ?? 0) >>> 8, index: (sealed?.preKeyId ?? 0) & 0xff };
    const alive = new Map(
      sender.bob.fsm.issued
        .live(sender.alice.pk)
        .map((each) => [
          each.batch,
          new Set(each.live.filter((one) => each.batch !== batch || one !== index)),
        ]),
    );
    let heads = 0;
    sender.network.friend = (piece) => (piece === 'head' && ++heads === 1 ? 'unknown-tag' : 'ok');
    await sender.meet(alive);
    assert.deepEqual(await sender.pass(), toBob('m', ['head']));
    await sender.state(alive);
    assert.notDeepEqual(entry.sealed, sealed);
    assert.deepEqual([entry.copies, entry.told], [[], 0]);
    assert.deepEqual(await sender.pass(), toBob('m'));
    sender.part();
    assert.deepEqual(
      await sender.pass(5),
      ALL.map((piece) => `a m ${piece}`),
    );
  });

  it('backs off when the friend does not know the key that its list names', async () => {
    const { sealed } = await sender.add('m', BYTES);
    sender.network.friend = () => 'unknown-tag';
    await sender.meet();
    assert.deepEqual(await sender.pass(), toBob('m', ['head']));
    await sender.state();
    assert.deepEqual([await sender.pass(20), sender.entry('m').sealed], [[], sealed]);
    assert.deepEqual(await sender.pass(20), toBob('m', ['head']));
  });

  it('offers the head again, later, to a friend who does not expect a chunk', async () => {
    for (const code of ['unknown-tag', 'forged'] as const) {
      sender = await LargeSender.open();
      sender.network.friend = (piece) => (piece === 1 ? code : 'ok');
      await sender.meet();
      await sender.add('m', BYTES);
      assert.deepEqual(await sender.pass(20), toBob('m'));
      sender.network.friend = () => 'ok';
      assert.deepEqual(await sender.pass(20), toBob('m'));
    }
  });

  it('ends with what the friend says of a head that ended there', async () => {
    for (const code of ['incomplete', 'malformed', 'unsupported', 'forged'] as const) {
      sender = await LargeSender.open();
      sender.network.friend = () => code;
      await sender.meet();
      await sender.add('m', BYTES);
      assert.deepEqual(await sender.pass(), toBob('m', ['head']));
      assert.deepEqual(sender.outcomes, [`m failed ${code} 0`]);
    }
  });

  it('ends failed with a receipt that says incomplete', async () => {
    await sender.meet();
    const entry = await sender.add('m', BYTES);
    await sender.pass();
    await sender.receipt(entry, 'incomplete');
    assert.deepEqual(sender.outcomes, ['m failed incomplete 0']);
    assert.deepEqual(await sender.pass(600), []);
  });

  it('ends with the session, and takes no answer of it for one of the next', async () => {
    let release = () => {};
    const held = new Promise<'ok'>((resolve) => (release = () => resolve('ok')));
    sender.network.friend = (piece) => (piece === 'head' ? 'ok' : held);
    await sender.meet();
    await sender.add('m', BYTES);
    await sender.pass();
    sender.part();
    sender.network.friend = (piece) => (piece === 'head' ? 'ok' : 'silence');
    await sender.meet();
    release();
    await sender.pass();
    sender.network.friend = (piece) => (piece === 'head' ? 'known' : 'ok');
    sender.part();
    await sender.meet();
    assert.deepEqual(await sender.pass(), toBob('m', ['head', ...CHUNKS]));
  });
});
