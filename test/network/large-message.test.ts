import { describeOnTox } from './support/namespace';
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BootstrapDaemon } from './support/bootstrap-daemon';
import { allMet, MemberProcess } from './support/member-process';
import { CONNECT_MS, until } from './support/until';

const SNAPSHOT = 'snapshot';

describeOnTox('a Buffer of 200 KB on real Tox', function () {
  this.timeout(2 * CONNECT_MS);
  const snapshot = randomBytes(200_000);
  let folder: string;
  let daemon: BootstrapDaemon;
  let members: MemberProcess[];
  let camera: MemberProcess;
  let owner: MemberProcess;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'large-message-'));
    daemon = await BootstrapDaemon.start();
    members = MemberProcess.circle(['camera', 'owner', 'node'], folder, daemon.node);
    [camera, owner] = members as [MemberProcess, MemberProcess];
    for (const member of members) await member.start();
    await allMet(members);
  });
  after(async () => {
    for (const member of members) await member.stop();
    await daemon.stop();
    await rm(folder, { recursive: true });
  });

  it('waits whole on a node while its recipient is away', async () => {
    await owner.stop();
    await camera.sendBytes(owner, SNAPSHOT, snapshot);
    await until('a whole copy', () => camera.copiesOf(SNAPSHOT) === 1);
  });

  it('arrives when its sender is gone before the recipient returns', async () => {
    await camera.stop();
    await owner.start();
    await until('the snapshot', () => owner.received.length > 0);
    const text = createHash('sha256').update(snapshot).digest('hex');
    assert.deepEqual(owner.received, [{ what: 'message', from: camera.key, text, via: 'stored' }]);
  });

  it('is receipted as one message when the sender is back', async () => {
    await camera.start();
    await until(
      () => `the receipt; outcomes: ${camera.statesOf(SNAPSHOT).join()}`,
      () => camera.statesOf(SNAPSHOT).at(-1) === 'delivered',
    );
    assert.equal(owner.received.length, 1);
  });

  it('goes straight to a recipient who is there', async () => {
    await until('they meet', () => camera.hasSession(owner) && camera.hasKeysOf(owner));
    await camera.sendBytes(owner, 'next', randomBytes(200_000));
    await until('the next', () => owner.received.length > 1);
    assert.equal(owner.received[1]?.via, 'direct');
  });
});
