import { describeOnTox } from './support/namespace';
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BootstrapDaemon } from './support/bootstrap-daemon';
import { allMet, MemberProcess } from './support/member-process';
import { CONNECT_MS, until } from './support/until';

const ALERT = 'Water in the cellar!';

describeOnTox('a sender, a recipient and two storage nodes, four processes on real Tox', function () {
  this.timeout(2 * CONNECT_MS);
  let folder: string;
  let daemon: BootstrapDaemon;
  let members: MemberProcess[];
  let sensor: MemberProcess;
  let owner: MemberProcess;
  let nodeA: MemberProcess;
  let nodeB: MemberProcess;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'four-processes-'));
    daemon = await BootstrapDaemon.start();
    members = MemberProcess.circle(['sensor', 'owner', 'node-a', 'node-b'], folder, daemon.node);
    [sensor, owner, nodeA, nodeB] = members as [MemberProcess, MemberProcess, MemberProcess, MemberProcess];
    for (const member of members) await member.start();
  });
  after(async () => {
    for (const member of members) await member.stop();
    await daemon.stop();
    await rm(folder, { recursive: true });
  });

  it('meet and exchange keys', () => allMet(members));

  it('keep an alert on both nodes when the recipient was killed', async () => {
    await owner.kill();
    await sensor.send(owner, ALERT);
    await until(
      () => `two copies; outcomes: ${sensor.statesOf(ALERT).join()}`,
      () => sensor.copiesOf(ALERT) === 2,
    );
    assert.deepEqual(new Set(sensor.statesOf(ALERT)), new Set(['stored']));
  });

  it('deliver it when the sender is gone, one node is killed, and the recipient returns', async () => {
    await sensor.stop();
    await nodeA.kill();
    await owner.start();
    await until('the alert', () => owner.received.length > 0);
    assert.deepEqual(owner.received, [{ what: 'message', from: sensor.key, text: ALERT, via: 'stored' }]);
    assert.ok(nodeB.isRunning && !nodeA.isRunning && !sensor.isRunning);
  });

  it('tell the sender when it is back, once and for all', async () => {
    await sensor.start();
    await until(
      () => `the receipt; outcomes: ${sensor.statesOf(ALERT).join()}`,
      () => sensor.statesOf(ALERT).at(-1) === 'delivered',
    );
    assert.equal(owner.received.length, 1);
  });
});
