import { describeOnTox } from './support/namespace';
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { ToxAsyncError } from '../../lib/errors';
import { numbered, RecordingHandler } from '../../lib/testing/transport/recording-handler';
import { BootstrapDaemon } from './support/bootstrap-daemon';
import { quickTimers } from './support/quick-timers';
import { makePair, ToxParty } from './support/tox-party';
import { freePort, isFree, takePort } from './support/udp-port';
import { CONNECT_MS, PROCESS_MS, until } from './support/until';

/** Waits of the supervisor at less than half of their time; the child still says every 2 s that it is alive. */
const QUICK = quickTimers(0.4);

function pidOf({ transport }: ToxParty): number {
  assert.ok(transport.childPid, 'no child is running');
  return transport.childPid;
}

const isRunning = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describeOnTox("libtoxcore's process, on its own", function () {
  this.timeout(4 * PROCESS_MS);
  let port: number;
  let party: ToxParty;
  let pauses: number[];
  let runs: number;

  beforeEach(async () => {
    port = await freePort();
    party = new ToxParty({ bootstrap: [], ports: { first: port, last: port } }, { timers: QUICK });
    pauses = [];
    runs = 0;
    party.transport.events.on('restarting', ({ waitMs }) => pauses.push(waitMs));
    party.transport.events.on('running', () => (runs += 1));
  });
  afterEach(() => party.transport.stop());

  const start = () => party.transport.start(new RecordingHandler());
  const runAgain = (count: number) => until(`run ${count}`, () => runs === count, PROCESS_MS);

  it('is replaced when it is killed, with the same identity, port and Tox ID', async () => {
    await start();
    const { toxId } = party.transport;
    const first = pidOf(party);
    process.kill(first, 'SIGKILL');
    await runAgain(2);
    assert.notEqual(pidOf(party), first);
    assert.equal(party.transport.toxId, toxId);
    assert.equal(await isFree(port), false);
    assert.match(party.warnings.join(), /SIGKILL.*restarts in 0.5 s/);
  });

  it('is replaced after a crash in native code', async () => {
    await start();
    process.kill(pidOf(party), 'SIGSEGV');
    await runAgain(2);
    assert.match(party.warnings.join(), /SIGSEGV/);
  });

  it('is ended and replaced when it hangs', async () => {
    await start();
    const first = pidOf(party);
    process.kill(first, 'SIGSTOP');
    await runAgain(2);
    assert.equal(isRunning(first), false);
    assert.match(party.warnings.join(), /it stopped responding/);
  });

  it('is started again after pauses that double while it keeps dying, and are short again later', async () => {
    await start();
    for (let i = 1; i <= 4; i += 1) {
      process.kill(pidOf(party), 'SIGKILL');
      await runAgain(i + 1);
    }
    assert.deepEqual(pauses, [500, 1000, 2000, 4000]);
    // A minute without a crash.
    await new Promise<void>((resolve) => QUICK.after(61_000, resolve));
    process.kill(pidOf(party), 'SIGKILL');
    await runAgain(6);
    assert.equal(pauses.at(-1), 500);
  });

  it('keeps trying while its port is taken, and runs when the port is free again', async () => {
    await start();
    let stolen: ReturnType<typeof takePort> | undefined;
    party.transport.events.on('restarting', () => {
      stolen ??= takePort(port);
    });
    process.kill(pidOf(party), 'SIGKILL');
    await until('a try that failed', () => pauses.length >= 2, PROCESS_MS);
    assert.match(party.warnings.join(), new RegExp(`UDP ports ${port} to ${port} is free`));
    const free = await stolen;
    await free?.();
    await runAgain(2);
  });

  it('saves at an orderly end and frees its port at once', async () => {
    await start();
    await party.transport.setName('Leak sensor');
    const saves = party.saves;
    const pid = pidOf(party);
    await party.transport.stop();
    assert.equal(isRunning(pid), false);
    assert.equal(await isFree(port), true);
    assert.equal(party.saves, saves + 1);
    assert.equal(party.profile.name, 'Leak sensor');
    await start();
    await assert.doesNotReject(party.transport.setStatus('away'));
  });

  it('can be stopped while it starts, while it is restarted, and while it hangs', async () => {
    const starting = start();
    await party.transport.stop();
    await assert.rejects(starting, (error) => ToxAsyncError.is(error, 'ErrClosed'));
    assert.equal(await isFree(port), true);

    await start();
    process.kill(pidOf(party), 'SIGKILL');
    await until('the end', () => pauses.length === 1, PROCESS_MS);
    await party.transport.stop();

    await start();
    const hanging = pidOf(party);
    process.kill(hanging, 'SIGSTOP');
    await party.transport.stop();
    assert.equal(isRunning(hanging), false);
    assert.equal(await isFree(port), true);
  });

  it('fails a change that it did not answer, with word that it will run again', async () => {
    await start();
    const changing = party.transport.setName('half-way');
    process.kill(pidOf(party), 'SIGKILL');
    await assert.rejects(
      changing,
      (error) => ToxAsyncError.is(error, 'ErrTransport') && /restarts automatically/.test(error.message),
    );
    assert.equal(party.saves, 0);
    await assert.rejects(party.transport.setName('too early'), (error) =>
      ToxAsyncError.is(error, 'ErrNotConnected'),
    );
    await runAgain(2);
    await party.transport.setName('now');
    assert.equal(party.profile.name, 'now');
  });

  it('ends by itself, and frees its port, when its parent is killed', async () => {
    const host = fork(require.resolve('./support/lone-host'), [String(port)]);
    const [child] = (await once(host, 'message')) as [number];
    assert.equal(await isFree(port), false);
    host.kill('SIGKILL');
    await until('the end of the child', () => !isRunning(child), PROCESS_MS);
    assert.equal(await isFree(port), true);
  });
});

describeOnTox("libtoxcore's process, with a friend connected", function () {
  this.timeout(CONNECT_MS + 20_000);
  const count = process.env.FULL === '1' ? 20_000 : 2_000;
  let daemon: BootstrapDaemon;
  let a: ToxParty;
  let b: ToxParty;
  const atA = new RecordingHandler();
  const atB = new RecordingHandler();

  before(async () => {
    daemon = await BootstrapDaemon.start();
    [a, b] = makePair({ bootstrap: [daemon.node] });
    await a.transport.start(atA);
    await b.transport.start(atB);
    await meet();
  });
  after(async () => {
    await a.transport.stop();
    await b.transport.stop();
    await daemon.stop();
  });

  const meet = () =>
    until('both see each other', () => a.transport.isFriendOnline(b.pk) && b.transport.isFriendOnline(a.pk));

  it('is killed in mid-transfer: what arrived is a beginning without gaps, and all see the end', async () => {
    let sent = 0;
    const send = () => {
      while (sent < count && a.transport.sendPacket(b.pk, numbered(sent)) === 'sent') sent += 1;
    };
    atA.whenWritable = send;
    send();
    await until('a part of it', () => atB.packets.length > 50);
    const message = a.transport.sendMessage(b.pk, 'normal', 'behind it all');
    process.kill(pidOf(a), 'SIGKILL');
    assert.equal(await message, false);
    assert.equal(atA.online, false);
    assert.equal(a.transport.isFriendOnline(b.pk), false);
    assert.equal(a.transport.sendPacket(b.pk, numbered(0)), 'offline');
    await meet();
    const arrived = atB.numbers();
    assert.ok(arrived.length > 50 && arrived.length < count, `${arrived.length} of ${count}`);
    assert.deepEqual(arrived, [...Array(arrived.length).keys()]);
    assert.deepEqual([...atA.breaches, ...atB.breaches], []);
  });

  it('is back with the same identity and the same friend, and carries on', async () => {
    atB.clear();
    assert.equal(a.transport.sendPacket(b.pk, numbered(7)), 'sent');
    await until('the packet', () => atB.packets.length === 1);
    assert.deepEqual(atB.numbers(), [7]);
    assert.equal(await b.transport.sendMessage(a.pk, 'action', 'is relieved'), true);
    assert.deepEqual(atA.messages, [['action', 'is relieved']]);
    assert.equal(a.saves, 0);
  });
});
