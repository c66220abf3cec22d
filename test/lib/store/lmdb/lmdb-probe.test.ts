import assert from 'node:assert/strict';
import { fork as forkModule } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { utf8 } from '../../../../lib/bytes';
import { systemDisk } from '../../../../lib/platform/system/system-disk';
import { openLmdbStore } from '../../../../lib/store/lmdb/lmdb-store';
import { isLost } from '../../../../lib/store/store-errors';
import { makeScratch } from '../support/scratch';

describe('the process that reads an lmdb file before it is opened', function () {
  this.timeout(30_000);
  const { execPath } = process;
  let scratch: ReturnType<typeof makeScratch>;
  let path: string;
  const open = () => openLmdbStore({ path, disk: systemDisk, readFirst: true });

  beforeEach(async () => {
    scratch = makeScratch();
    path = join(scratch.path, 'store');
    const store = await openLmdbStore({ path, disk: systemDisk });
    await store
      .batch()
      .put(utf8('key'), utf8('x'.repeat(100_000)))
      .commit();
    await store.close();
  });

  afterEach(() => {
    process.execPath = execPath;
    scratch.remove();
  });

  /** What runs in place of Node. */
  const replaceNode = (script: string) => {
    process.execPath = join(scratch.path, 'node');
    writeFileSync(process.execPath, `#!/bin/sh\n${script}\n`);
    chmodSync(process.execPath, 0o700);
  };

  for (const [name, script] of [
    ['is killed, as where memory runs out', 'kill -KILL $$'],
    ['cannot start', 'exit 1'],
  ] as const) {
    it(`calls no file damaged when it ${name}: the next start opens it`, async () => {
      replaceNode(script);
      await assert.rejects(open(), (error) => !isLost(error) && /could not be checked/.test(String(error)));
      process.execPath = execPath;
      const store = await open();
      assert.equal(store.get(utf8('key'))?.length, 100_000);
      await store.close();
    });
  }

  it('leaves a file that lacks free pages at its end as it is, when it cannot start', async () => {
    truncateSync(path, readFileSync(path).length - 4096);
    const before = readFileSync(path);
    replaceNode('exit 1');
    await assert.rejects(open(), /could not be checked/);
    assert.deepEqual(readFileSync(path), before);
  });

  /** The process as isReadableLmdbFile starts it. */
  const fork = (file: string, options: readonly string[] = []) => {
    const execArgv = [...process.execArgv, '--require', 'tsx/cjs', ...options];
    return forkModule(require.resolve('../../../../lib/store/lmdb/lmdb-probe'), [file], {
      stdio: 'ignore',
      execArgv,
    });
  };

  it('ends with its parent, and opens nothing after that', async () => {
    const orphan = fork(`${path}-gone`);
    orphan.disconnect();
    assert.deepEqual(await once(orphan, 'exit'), [1, null]);
    assert.equal(existsSync(`${path}-gone`), false);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    it(`reads on after ${signal}, which is for its parent`, async () => {
      const killer = join(scratch.path, 'killer.js');
      writeFileSync(killer, `setImmediate(() => process.kill(process.pid, '${signal}'));`);
      assert.deepEqual(await once(fork(path, ['--require', killer]), 'exit'), [0, null]);
    });
  }

  it('waits for no debugger where its parent has one', async () => {
    process.execArgv.push('--inspect-brk=0');
    try {
      await (await open()).close();
    } finally {
      process.execArgv.pop();
    }
  });

  it('calls a file damaged that ends it', async () => {
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0, 8192));
    await assert.rejects(open(), isLost);
  });
});
