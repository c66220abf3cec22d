import assert from 'node:assert/strict';
import { MINUTE, SECOND, World, type Device } from '../../../support/world';

/** So few that a state goes out every few messages. */
const limits = { preKeysPerPeer: 12, preKeyRefreshThreshold: 14 };

describe('keys of a busy conversation', () => {
  let world: World;
  let device: Device;
  let phone: Device;

  beforeEach(async () => {
    world = new World('busy-keys');
    device = await world.add('Device', { limits });
    phone = await world.add('Phone', { limits });
    await world.settle();
  });

  afterEach(() => world.stop());

  function talk(messages: number): void {
    for (let i = 0; i < messages; i += 1) {
      void device.manager.sendAsyncMessage(phone.pk, `to phone ${i}`);
      void phone.manager.sendAsyncMessage(device.pk, `to device ${i}`);
    }
  }

  async function assertNothingDied(): Promise<void> {
    await world.until('all delivered', () =>
      [device, phone].every(({ manager }) => manager.counts().unfinished === 0),
    );
    for (const each of [device, phone]) {
      assert.deepEqual(
        each.events.filter(({ event }) => event === 'keys-dead'),
        [],
      );
    }
  }

  it('are replaced as often as waiting messages use them up at once', async () => {
    for (let i = 0; i < 100; i += 1) void device.manager.sendAsyncMessage(phone.pk, `message ${i}`);
    await world.until('all arrived', () => phone.texts.length === 100, MINUTE);
  });

  it('are not called dead when a state comes together with the answer of the message that they sealed', async () => {
    for (let round = 0; round < 10; round += 1) {
      talk(4);
      await world.run(980 + round);
      talk(4);
      await world.run(9);
      // The answers, and the states that are due a second after the last ones, now wait and arrive together.
      world.network.partition(device.pk, phone.pk);
      await world.run(2 * SECOND);
      world.network.heal(device.pk, phone.pk);
      await world.run(2 * SECOND);
    }
    await assertNothingDied();
  });
});
