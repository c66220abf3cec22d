import assert from 'node:assert/strict';
import { DAY } from '../../support/depositor';
import { LargeSender } from '../../support/large-sender';

const BYTES = 7_000;

describe('turns of large messages for one friend', () => {
  let sender: LargeSender;

  beforeEach(async () => {
    sender = await LargeSender.open();
    sender.network.nodes = 'a';
  });

  afterEach(() => assert.deepEqual(sender.errors, []));

  const names = (asked: readonly string[]) => [...new Set(asked.map((each) => each.split(' ')[1]))];
  const sealed = () => sender.outbox.entries().filter((entry) => entry.sealed !== undefined).length;

  it('go to the first that was accepted; others are not even sealed', async () => {
    await sender.add('m', BYTES);
    await sender.add('n', BYTES);
    assert.deepEqual(names(await sender.pass(60)), ['m']);
    assert.equal(sealed(), 1);
    await sender.meet();
    assert.deepEqual(names(await sender.pass()), ['m']);
  });

  it('pass at once when a message ended', async () => {
    const first = await sender.add('m', BYTES);
    await sender.add('n', BYTES);
    await sender.add('o', BYTES);
    await sender.pass(60);
    await sender.receipt(first);
    assert.deepEqual(names(await sender.pass()), ['n']);
  });

  it('pass after a day, with a whole copy or without, and last as long as nobody waits', async () => {
    await sender.add('m', BYTES, 14 * DAY);
    await sender.pass(3 * DAY);
    await sender.add('n', BYTES, 14 * DAY);
    assert.deepEqual(names(await sender.pass(60)), ['n']);
    assert.ok(!names(await sender.pass(DAY - 120)).includes('m'));
    assert.deepEqual(names(await sender.pass(120)), ['m']);
  });

  it('alternate between two that are sealed; a third is sealed when one of them ended', async () => {
    const first = await sender.add('m', BYTES, 14 * DAY);
    for (const name of ['n', 'o']) await sender.add(name, BYTES, 14 * DAY);
    await sender.pass(60);
    const days: (string | undefined)[] = [];
    for (let day = 0; day < 4; day++) {
      days.push(['m', 'n', 'o'].find((name) => sender.large.turns.has(sender.entry(name))));
      await sender.pass(DAY);
    }
    assert.deepEqual([days, sealed()], [['m', 'n', 'm', 'n'], 2]);
    await sender.receipt(first);
    assert.ok(names(await sender.pass(DAY)).includes('o'));
  });

  it('go to an urgent one before others that wait', async () => {
    const first = await sender.add('m', BYTES);
    await sender.add('n', BYTES);
    await sender.send('u', BYTES, { urgent: true });
    await sender.pass(60);
    await sender.receipt(first);
    assert.deepEqual(names(await sender.pass(60)), ['u']);
    await sender.add('o', BYTES);
    await sender.send('v', BYTES, { urgent: true });
    assert.deepEqual(names(await sender.pass(DAY + 60)), ['u', 'v']);
  });

  it('stay where they are while the next has no key', async () => {
    await sender.add('m', BYTES, 14 * DAY);
    await sender.add('n', BYTES, 14 * DAY);
    while (sender.alice.fsm.canSendMessage(sender.bob.pk)) await sender.addSmall('s');
    await sender.pass(DAY + 60);
    assert.deepEqual(sender.entry('n').sealed, undefined);
    assert.ok(sender.large.turns.has(sender.entry('m')));
    sender.bob.fsm.issued.noteHeld(sender.alice.pk, 0);
    await sender.bob.giveKeys(sender.alice);
    await sender.queues.run(sender.bob.pk, () => sender.resealer.sealWaiting(sender.bob.pk));
    await sender.pass(60);
    assert.ok(sender.large.turns.has(sender.entry('n')));
    assert.ok(sender.entry('n').sealed);
  });

  it('go on after a restart as they were', async () => {
    await sender.add('m', BYTES, 14 * DAY);
    await sender.add('n', BYTES, 14 * DAY);
    await sender.pass(0.75 * DAY);
    await sender.restart();
    assert.deepEqual(names(await sender.pass(60)), []);
    assert.deepEqual(names(await sender.pass(0.25 * DAY)), ['m', 'n']);
    await sender.restart();
    assert.deepEqual(names(await sender.pass(60)), []);
    assert.ok(sender.large.turns.has(sender.entry('n')));
  });

  it('are each friend’s own, and hold up nothing that is small', async () => {
    await sender.add('m', BYTES);
    await sender.add('n', BYTES);
    await sender.addSmall('s');
    assert.deepEqual(names(await sender.pass()).toSorted(), ['m', 's']);
    const stranger = new Uint8Array(32).fill(5);
    assert.deepEqual(sender.large.turns.first(stranger, 3), { chunks: 3, turnAt: sender.alice.age });
    assert.deepEqual(sender.large.turns.first(sender.bob.pk, 3), { chunks: 3 });
  });

  it('that end while another message has its own are not taken up again', async () => {
    const first = await sender.add('m', BYTES, 14 * DAY);
    await sender.add('n', BYTES, 14 * DAY);
    await sender.pass(DAY + 60);
    await sender.receipt(first);
    assert.deepEqual(names(await sender.pass(2 * DAY)), ['n']);
  });
});
