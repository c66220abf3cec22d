import assert from 'node:assert/strict';
import { HOUR, MINUTE, World, type Device } from '../../../support/world';
import { DiscardingNode } from '../support/discarding-node';

const RECIPIENTS = 5;
/** Copies are renewed when 90 % of a day are over. */
const RENEWAL = 0.9 * 24 * HOUR;

describe('four of five nodes that acknowledge mail and discard it', function () {
  this.timeout(120_000);
  let world: World;
  let sender: Device;
  let honest: Device;
  let recipients: Device[];
  let thieves: DiscardingNode[];

  beforeEach(async () => {
    world = new World('discarding');
    sender = await world.add('Sender');
    honest = await world.add('Honest');
    recipients = [];
    for (let n = 1; n <= RECIPIENTS; n += 1)
      recipients.push(await world.add(`Recipient ${n}`, { storageRole: 'off' }));
    thieves = [];
    for (let n = 1; n <= 4; n += 1) thieves.push(await DiscardingNode.join(world, `Thief ${n}`));
    await world.settle();
    await world.run(MINUTE);
    for (const each of recipients) await each.stop();
    await world.run(MINUTE);
  });

  afterEach(async () => {
    for (const thief of thieves) await thief.stop();
    await world.stop();
  });

  it('keep no recipient from its mail for longer than two renewals', async () => {
    for (const each of recipients) await sender.send(each, `for ${each.name}`);
    await world.run(MINUTE);
    const kept = () => honest.manager.getStorageStats().totalMessages;
    assert.ok(kept() > 0 && kept() < RECIPIENTS, `${kept()}: some have three copies and no mail`);
    assert.equal(thieves.reduce((sum, { taken }) => sum + taken, 0) + kept(), 3 * RECIPIENTS);
    await world.run(2 * RENEWAL);
    await world.run(MINUTE);
    await sender.online(false);
    for (const each of recipients) await each.start();
    await world.run(5 * MINUTE);
    assert.deepEqual(
      recipients.map(({ texts }) => texts),
      recipients.map(({ name }) => [`for ${name}`]),
    );
  });
});
