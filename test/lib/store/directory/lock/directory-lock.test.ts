import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ToxAsyncError } from '../../../../../lib/errors';
import { systemRandom } from '../../../../../lib/platform/random';
import { systemTimers, type Timers } from '../../../../../lib/platform/timers';
import { lockDirectory, type DirectoryLock } from '../../../../../lib/store/directory/lock/directory-lock';

/** Waits a quarter as long, to keep the tests quick. */
const quick: Timers = { after: (ms, run) => systemTimers.after(ms / 4, run) };
const options = { random: systemRandom, timers: quick };

/** Another process that takes the lock of `directory`. */
class Starter {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(directory: string) {
    const script = path.join(__dirname, '../../support/lock-holder.ts');
    this.#child = spawn(process.execPath, ['--require', 'tsx/cjs', script, directory], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    assert.ok(this.#child.stdout);
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async line(): Promise<string> {
    const next = await this.#lines.next();
    return next.done === true ? 'ended' : next.value;
  }

  go(): void {
    this.#child.stdin?.write('go\n');
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

describe('the lock of a data directory', () => {
  let directory: string;
  const starters: Starter[] = [];
  const locks: DirectoryLock[] = [];

  const hold = async (at = directory) => {
    const lock = await lockDirectory(at, options);
    locks.push(lock);
    return lock;
  };
  const sockets = (at = directory) => fs.readdirSync(path.join(at, 'lock'));

  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tox-lock-'));
  });

  afterEach(async () => {
    await Promise.all(starters.splice(0).map((starter) => starter.kill()));
    await Promise.all(locks.splice(0).map((lock) => lock.release()));
    fs.rmSync(directory, { recursive: true, force: true });
  });

  it('is refused while someone holds it, and the error names the holder', async () => {
    await hold();
    await assert.rejects(lockDirectory(directory, options), (error: unknown) => {
      assert.ok(ToxAsyncError.is(error, 'ErrIdentityInUse'));
      const holder = `this process itself \\(${process.pid} on ${os.hostname()}\\) since 20`;
      assert.match(error.message, new RegExp(holder));
      assert.doesNotMatch(error.message, /Stop it/);
      return true;
    });
    assert.equal(sockets().length, 1);
  });

  it('that another container of the same name and process number holds is another process’s', async () => {
    fs.mkdirSync(path.join(directory, 'lock'));
    const claim = {
      pid: process.pid,
      host: os.hostname(),
      since: '2026-01-01',
      state: 'held',
      claim: 'theirs',
    };
    const server = net.createServer((socket) => void socket.end(`${JSON.stringify(claim)}\n`));
    const address = path.join(directory, 'lock', '0'.repeat(24));
    await new Promise<void>((resolve) => server.listen(address, resolve));
    try {
      const words = new RegExp(
        `is in use by process ${process.pid} on ${os.hostname()} since 2026-01-01. Stop it`,
      );
      await assert.rejects(lockDirectory(directory, options), words);
    } finally {
      server.close();
    }
  });

  it('is free again after a release, without anything left behind', async () => {
    const first = await hold();
    await first.release();
    await first.release();
    assert.deepEqual(sockets(), []);
    await hold();
  });

  it('waits for a holder that is closing', async () => {
    const first = await hold();
    const second = hold();
    systemTimers.after(60, () => void first.release());
    await second;
  });

  it('locks one directory, not its neighbour', async () => {
    await hold();
    const other = fs.mkdtempSync(path.join(os.tmpdir(), 'tox-lock-'));
    try {
      const lock = await lockDirectory(other, options);
      await lock.release();
    } finally {
      fs.rmSync(other, { recursive: true });
    }
  });

  it('has exactly one holder among many simultaneous starters, also on a dead one’s remains', async () => {
    fs.mkdirSync(path.join(directory, 'lock'));
    for (let round = 0; round < 6; round++) {
      fs.writeFileSync(path.join(directory, 'lock', `${round}`.repeat(24)), '');
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, () => lockDirectory(directory, options)),
      );
      const held = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      locks.push(...held);
      assert.equal(held.length, 1);
      for (const result of results) {
        if (result.status === 'rejected') assert.ok(ToxAsyncError.is(result.reason, 'ErrIdentityInUse'));
      }
      assert.equal(sockets().length, 1);
      await held[0]?.release();
    }
  });

  it('works through a directory path longer than a socket’s', async () => {
    const deep = path.join(directory, 'a'.repeat(100), 'b'.repeat(100));
    fs.mkdirSync(deep, { recursive: true });
    if (process.platform !== 'linux') {
      await assert.rejects(hold(deep), (error) => ToxAsyncError.is(error, 'ErrInvalidArgument'));
      return;
    }
    const lock = await hold(deep);
    await assert.rejects(lockDirectory(deep, options), (error) =>
      ToxAsyncError.is(error, 'ErrIdentityInUse'),
    );
    await lock.release();
    assert.deepEqual(sockets(deep), []);
  });

  it('leaves files alone that are not its own', async () => {
    fs.mkdirSync(path.join(directory, 'lock'));
    fs.writeFileSync(path.join(directory, 'lock', 'note.txt'), 'mine');
    await hold();
    assert.ok(sockets().includes('note.txt'));
  });

  it('says what to do when the folder cannot be written', async () => {
    const file = path.join(directory, 'file');
    fs.writeFileSync(file, '');
    await assert.rejects(lockDirectory(file, options), (error: unknown) => {
      assert.ok(ToxAsyncError.is(error, 'ErrStore'));
      assert.match(error.message, /Choose a folder/);
      return true;
    });
  });

  it('dies with its holder, even one that was killed, and goes to one of the processes waiting', async () => {
    for (let i = 0; i < 4; i++) starters.push(new Starter(directory));
    for (const starter of starters) assert.equal(await starter.line(), 'ready');
    const [first, ...others] = starters;
    assert.ok(first);
    first.go();
    assert.equal(await first.line(), 'held');
    await assert.rejects(lockDirectory(directory, options), new RegExp(`process ${first.pid} on .*Stop it`));
    await first.kill();
    assert.equal(sockets().length, 1);

    for (const starter of others) starter.go();
    const lines = await Promise.all(others.map((starter) => starter.line()));
    assert.deepEqual(lines.sort(), ['ErrIdentityInUse', 'ErrIdentityInUse', 'held']);
    assert.equal(sockets().length, 1);
  });
});
