import assert from 'node:assert/strict';
import { DAY } from '../../support/depositor';
import { LargeSender } from '../../support/large-sender';

const BYTES = 17_000;
const MINUTE = 60;

describe('large messages that replace earlier ones', () => {
  let sender: LargeSender;

  beforeEach(async () => {
    sender = await LargeSender.open();
    sender.network.nodes = 'a';
  });

  afterEach(() => assert.deepEqual(sender.errors, []));

  const picture = (name: string, bytes = BYTES) => sender.send(name, bytes, { replaces: 'camera' });
  const names = (asked: readonly string[]) => [...new Set(asked.map((each) => each.split(' ')[1]))];
  const keys = () => sender.alice.fsm.getAvailableKeyCount(sender.bob.pk);

  it('take the place, the turn and the key of one that nobody had', async () => {
    sender.network.nodes = '';
    const before = keys();
    for (const name of ['m', 'n', 'o']) await picture(name);
    assert.deepEqual([sender.outbox.messages, keys()], [1, before]);
    sender.network.nodes = 'a';
    sender.wakeup.all();
    assert.deepEqual(names(await sender.pass(MINUTE)), ['o']);
    assert.deepEqual(
      [keys(), sender.outcomes],
      [before - 1, ['m cancelled replaced 0', 'n cancelled replaced 0', 'o stored 1']],
    );
  });

  it('take the turn of one that nobody had before others that wait for it', async () => {
    sender.network.nodes = '';
    await picture('m');
    await sender.send('x', BYTES);
    await picture('n');
    sender.network.nodes = 'a';
    sender.wakeup.all();
    assert.deepEqual(names(await sender.pass(MINUTE)), ['n']);
  });

  it('wait for the receipt of one that is under way, and only the newest of them', async () => {
    await picture('m');
    await sender.pass(MINUTE);
    await picture('n');
    await picture('o');
    assert.deepEqual(await sender.pass(MINUTE), []);
    await sender.receipt(sender.entry('m'));
    assert.deepEqual(names(await sender.pass(MINUTE)), ['o']);
  });

  it('take the turn after 10 minutes, and no chunk of the earlier one goes out after that', async () => {
    // The node takes the head and no chunk.
    sender.network.node['a'] = (piece) => (piece === 'head' ? 'ok' : 'busy');
    await picture('m');
    await sender.pass(MINUTE);
    await picture('n');
    assert.deepEqual(names(await sender.pass(8 * MINUTE)), ['m']);
    await sender.pass(2 * MINUTE);
    assert.deepEqual(sender.outcomes, ['m cancelled true replaced']);
    sender.network.node = {};
    assert.deepEqual(names(await sender.pass(DAY / 2)), ['n']);
    assert.deepEqual(sender.outcomes.slice(1), ['n stored 1']);
  });

  it('do so before others that wait for the turn', async () => {
    await picture('m');
    await sender.pass(MINUTE);
    await sender.send('x', BYTES);
    await picture('n');
    assert.deepEqual(names(await sender.pass(9 * MINUTE)), []);
    assert.deepEqual(names(await sender.pass(2 * MINUTE)), ['n']);
    await sender.receipt(sender.entry('n'));
    assert.deepEqual(names(await sender.pass(MINUTE)), ['x']);
  });

  it('leave the earlier one in its turn while no key is there for the newer', async () => {
    await picture('m');
    await sender.pass(MINUTE);
    while (keys() > 0) await sender.addSmall('s');
    await picture('n');
    await sender.pass(20 * MINUTE);
    assert.ok(sender.large.turns.has(sender.entry('m')));
    sender.bob.fsm.issued.noteHeld(sender.alice.pk, 0);
    await sender.bob.giveKeys(sender.alice);
    sender.wakeup.friend(sender.bob.pk);
    await sender.pass(MINUTE);
    assert.ok(sender.large.turns.has(sender.entry('n')));
    assert.ok(sender.outcomes.includes('m cancelled true replaced'));
  });

  it('are replaced by small ones too, which need no turn', async () => {
    await picture('m');
    await sender.pass(MINUTE);
    await picture('n', 100);
    await sender.pass(9 * MINUTE);
    assert.deepEqual(names(await sender.pass(2 * MINUTE)), ['n']);
    assert.deepEqual(sender.outbox.messages, 1);
  });

  it('go on after a restart', async () => {
    await picture('m');
    await sender.pass(MINUTE);
    await picture('n');
    await sender.pass(5 * MINUTE);
    await sender.restart();
    await sender.pass(4 * MINUTE);
    assert.equal(sender.outbox.messages, 2);
    assert.deepEqual(names(await sender.pass(2 * MINUTE)), ['n']);
    assert.equal(sender.outbox.messages, 1);
  });
});
