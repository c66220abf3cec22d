import assert from 'node:assert/strict';
import type { Outcome } from '../../../../lib/client/messages';
import { type Device, HOUR, MINUTE, SECOND, World } from '../../../support/world';

describe('messages that replace earlier ones', () => {
  let world: World;
  let sensor: Device;
  let phone: Device;
  let node: Device;

  beforeEach(async () => {
    world = new World('replaces');
    [sensor, phone, node] = [await world.add('sensor'), await world.add('phone'), await world.add('node')];
    await world.settle();
  });

  afterEach(async () => {
    await world.stop();
    assert.deepEqual(
      world.devices.flatMap(({ errors }) => errors),
      [],
    );
  });

  const keys = () => sensor.manager.getPreKeyStats().get(hexOf(phone))?.sendable ?? 0;
  const hexOf = ({ pk }: Device) => Buffer.from(pk).toString('hex');
  const reading = (value: number | string, options = {}) =>
    sensor.send(phone, `${value}`, { replaces: 'temperature', ...options });
  const ended = (state: Outcome['state']) => sensor.outcomes.filter((outcome) => outcome.state === state);

  it('leave the last of 10,000 readings, for one key', async () => {
    await sensor.online(false);
    await phone.online(false);
    const before = keys();
    for (let value = 1; value <= 10_000; value++) await reading(value);
    assert.deepEqual([sensor.manager.counts().unfinished, keys()], [1, before]);
    await sensor.online(true);
    await world.until('it is stored', () => ended('stored').length > 0);
    assert.equal(keys(), before - 1);
    const replaced = ended('cancelled');
    assert.deepEqual(
      [
        replaced.length,
        replaced.every(({ code, mayArrive }) => code === 'replaced' && mayArrive === undefined),
      ],
      [9_999, true],
    );
    await phone.online(true);
    await world.until('it arrives', () => phone.texts.length > 0);
    await world.run(MINUTE);
    assert.deepEqual([phone.texts, ended('delivered').length], [['10000'], 1]);
  }).timeout(60_000);

  it('wait for the receipt of one that is stored, and only the newest of them', async () => {
    await phone.online(false);
    await reading(1);
    await world.until('it is stored', () => ended('stored').length > 0);
    const before = keys();
    for (const value of [2, 3, 4]) await reading(value);
    await world.run(5 * MINUTE);
    assert.deepEqual([keys(), sensor.manager.counts().unfinished], [before, 2]);
    await phone.online(true);
    await world.until('both arrive', () => phone.texts.length > 1);
    await world.run(MINUTE);
    assert.deepEqual(phone.texts, ['1', '4']);
    assert.deepEqual(
      ended('cancelled').map(({ code }) => code),
      ['replaced', 'replaced'],
    );
  });

  it('go out after 10 minutes without a receipt, and then replace the one that is stored', async () => {
    await phone.online(false);
    const first = await reading(1);
    await world.until('it is stored', () => ended('stored').length > 0);
    // Newer ones do not put off the time.
    for (let minute = 0; minute < 9; minute++) {
      await reading(`minute ${minute}`);
      await world.run(MINUTE);
    }
    assert.deepEqual(sensor.statesOf(first), ['stored']);
    const last = await reading('last');
    await world.run(2 * MINUTE);
    assert.deepEqual(sensor.statesOf(last), ['stored']);
    const [end] = ended('cancelled').slice(-1);
    assert.deepEqual(
      [sensor.statesOf(first), end?.messageId, end?.code, end?.mayArrive],
      [['stored', 'cancelled'], first.messageId, 'replaced', true],
    );
    await phone.online(true);
    await world.until('both arrive', () => phone.texts.length > 1);
    // The node's copy of the first cannot be recalled, and is fetched on its own.
    assert.deepEqual(phone.texts.toSorted(), ['1', 'last']);
  });

  it('remember over a restart since when they wait', async () => {
    await phone.online(false);
    const first = await reading(1);
    await world.until('it is stored', () => ended('stored').length > 0);
    await reading(2);
    await world.run(6 * MINUTE);
    await reading(3);
    await sensor.crash();
    sensor.errors.splice(0);
    await sensor.start();
    await world.run(SECOND);
    await reading(4);
    await world.run(2 * MINUTE);
    assert.deepEqual(sensor.statesOf(first), ['stored']);
    await world.run(4 * MINUTE);
    assert.deepEqual(sensor.statesOf(first), ['stored', 'cancelled']);
    await phone.online(true);
    await world.until('both arrive', () => phone.texts.length > 1);
    assert.deepEqual(phone.texts.toSorted(), ['1', '4']);
  });

  it('replace only those of their own name and friend', async () => {
    await sensor.online(false);
    await reading(1);
    await reading(2, { replaces: 'humidity' });
    await reading(3, { replaces: undefined });
    await sensor.send(node, '4', { replaces: 'temperature' });
    assert.deepEqual([sensor.manager.counts().unfinished, ended('cancelled')], [4, []]);
    await reading(5);
    await world.run(SECOND);
    assert.deepEqual([sensor.manager.counts().unfinished, ended('cancelled').length], [4, 1]);
  });

  it('go to a friend who is there one after the other, each as soon as the one before has its receipt', async () => {
    for (const value of [1, 2, 3, 4, 5]) {
      await reading(value);
      await world.run(SECOND);
    }
    assert.deepEqual(phone.texts, ['1', '2', '3', '4', '5']);
    assert.deepEqual(ended('cancelled'), []);
  });

  it('go out at once when the life of the one before is over', async () => {
    await phone.online(false);
    const first = await reading(1, { lifetime: 60 });
    await world.until('it is stored', () => ended('stored').length > 0);
    const second = await reading(2);
    await world.run(2 * MINUTE);
    assert.deepEqual(sensor.statesOf(first), ['stored', 'unconfirmed']);
    assert.deepEqual(sensor.statesOf(second), ['stored']);
  });

  it('are told by the sender’s own receipt as any other, and refuse a name that is none', async () => {
    assert.equal((await reading(1)).state, 'queued');
    for (const replaces of ['', 'x'.repeat(256)]) {
      await assert.rejects(reading(2, { replaces }), { code: 'ErrInvalidArgument' });
    }
    await reading(3, { replaces: 'ä'.repeat(127) });
    await world.run(HOUR);
    assert.deepEqual(phone.texts, ['1', '3']);
  });
});
