import assert from 'node:assert/strict';
import { MINUTE, SECOND } from '../support/world';
import { makeCells } from './support/cell-world';

const FULL = process.env['FULL'] === '1';
const MESSAGES = FULL ? 10_000 : 600;
/** Of one device between two visits of its collector: no more than it has one-time keys for. */
const IN_A_ROUND = 30;

describe('Three cells of 60 devices and six storage nodes', function () {
  this.timeout(FULL ? 3_600_000 : 120_000);

  it(`lose none of ${MESSAGES} messages when a machine is lost with its disk in mid-stream`, async () => {
    const [world, cells] = await makeCells('cells', 3, 60);
    const devices = cells.flatMap((cell) => cell.devices);
    assert.equal(devices.length, 60);
    for (const { devices: own } of cells) assert.ok(own.length >= 10, 'each cell has devices');
    const ready = () =>
      cells.every(({ collector, devices: own }) =>
        own.every((device) => device.manager.canSendAsyncMessage(collector.pk)),
      );
    await world.until('keys of the collectors', ready);
    await world.run(5 * SECOND);

    const sent = new Set<string>();
    const sendAll = async (most: number) => {
      for (const { collector, devices: own } of cells) {
        for (const [i, device] of own.entries()) {
          const text = `${device.name}: ${sent.size}`;
          if (sent.size >= most) return;
          await device.send(collector, text);
          sent.add(text);
          if (i % 8 === 0) await world.run(50);
        }
      }
    };
    const arrived = () => cells.flatMap(({ collector }) => collector.texts);
    const half = MESSAGES / 2;
    let stored = 0;
    for (let lost = false; sent.size < MESSAGES;) {
      for (const { collector } of cells) await collector.online(false);
      for (let n = 0; n < IN_A_ROUND && sent.size < MESSAGES; n += 1) {
        await sendAll(lost ? MESSAGES : half);
        if (lost || sent.size < half) continue;
        // Machine 1 is gone, with the messages that it confirmed, and those on their way to it.
        lost = true;
        stored = cells.reduce((sum, { nodes }) => sum + nodes[0]!.manager.getStorageStats().totalMessages, 0);
        for (const { nodes } of cells) await nodes[0]!.crash();
      }
      await world.run(MINUTE);
      for (const { collector } of cells) await collector.online(true);
      await world.until('all have arrived', () => arrived().length >= sent.size, 10 * MINUTE);
      await world.run(10 * SECOND);
    }
    assert.ok(stored > MESSAGES / 20, `the lost disk had only ${stored} messages`);
    assert.deepEqual(arrived().sort(), [...sent].sort());
    await world.stop();
  });
});
