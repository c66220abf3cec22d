import assert from 'node:assert/strict';
import { DAY, MINUTE, World, type Device } from '../../support/world';

const TEXT = 'leak in the cellar';

describe('what a data directory says of who wrote and when', function () {
  this.timeout(120_000);
  let world: World;
  let device: Device;
  let phone: Device;

  for (const passphrase of [undefined, 'correct horse']) {
    describe(passphrase === undefined ? 'without a passphrase' : 'under a passphrase', () => {
      beforeEach(async () => {
        world = new World('who and when');
        device = await world.add('Device');
        phone = await world.add('Phone', passphrase === undefined ? {} : { passphrase });
        await world.add('Home Pi');
        await world.settle();
      });

      afterEach(() => world.stop());

      /** Messages that the thief of the phone's directory finds, each with its friend, id, key and end of memory. */
      const found = () => ({
        tags: phone.memory.table<{ sender: Uint8Array; messageId: Uint8Array; preKeyId: number }>(
          'tombstone-tag',
        ),
        ends: phone.memory
          .table<{ envelopes: { until: number }[] }>('tombstone-message')
          .flatMap(({ envelopes }) => envelopes.map(({ until }) => until)),
      });

      it('names friend, message and time of each that was read, and no word of it', async () => {
        const before = phone.manager.age;
        const { messageId } = await device.send(phone, TEXT, { lifetime: 3600 });
        await world.until('read', () => phone.texts.includes(TEXT));
        await world.run(MINUTE);
        const [tag] = found().tags;
        assert.deepEqual([tag?.sender, tag?.messageId], [device.pk, messageId]);
        assert.ok((tag?.preKeyId ?? 0) > 0);
        // The end of its memory less its life and 30 days is the second in which it came.
        const came = (found().ends[0] ?? 0) - 3600 - (30 * DAY) / 1000;
        assert.ok(came >= before && came <= before + 60, `${came - before} s`);
        assert.equal(await phone.memory.holds(TEXT), false);
      });

      it('names receipts that are owed until the friend has them', async () => {
        await phone.online(false);
        const receipt = await device.send(phone, TEXT, { lifetime: 3600 });
        await world.until('stored', () => device.statesOf(receipt).includes('stored'));
        await device.online(false);
        await phone.online(true);
        await world.until('read', () => phone.texts.includes(TEXT));
        assert.equal(phone.memory.table('owed-receipt').length, 1);
        await device.online(true);
        await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
        await world.run(MINUTE);
        assert.equal(phone.memory.table('owed-receipt').length, 0);
        assert.equal(await phone.memory.holds(TEXT), false);
      });
    });
  }
});
