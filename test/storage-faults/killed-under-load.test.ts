import './support/mount-namespace';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { toHex } from '../../lib/bytes';
import { randomFraction } from '../../lib/platform/random';
import { SeededRandom } from '../../lib/testing/simulated-platform';
import { makeScratch } from '../lib/store/support/scratch';
import { ENGINES, FaultNode, FULL, numbered, RECIPIENTS } from './support/fault-node';

const CYCLES = FULL ? 150 : 8;

/** What one process said before it was killed. */
interface Said {
  readonly stored: Set<number>;
  readonly deleting: Set<number>;
  readonly deleted: Set<number>;
}

describe('a storage node that is killed under load, again and again', function () {
  this.timeout(FULL ? 3_600_000 : 120_000);

  for (const engine of ENGINES) {
    it(`has all mail it acknowledged, nothing it deleted, and counts what it has, on ${engine}`, async () => {
      const scratch = makeScratch();
      const folder = path.join(scratch.path, 'data');
      const random = new SeededRandom(`kill ${engine}`);
      const expected = new Set<string>();
      try {
        for (let cycle = 0; cycle < CYCLES; cycle += 1) {
          const name = `cycle ${cycle}`;
          const killAt = 1 + Math.floor(randomFraction(random) * 60);
          const said = await runUntilKilled(engine, folder, name, killAt);
          const node = await FaultNode.open(folder, engine);
          const found = new Set<string>();
          for (const recipient of RECIPIENTS) {
            for (const envelope of await node.drain(recipient)) found.add(envelope);
          }
          const hex = (n: number) => toHex(numbered(name, n).envelope);
          const isOpen = (n: number) => !said.stored.has(n) || said.deleting.has(n);
          for (const n of said.stored) if (!said.deleting.has(n)) expected.add(hex(n));
          for (const envelope of expected)
            assert.ok(found.has(envelope), `${name}: acknowledged mail is gone`);
          for (const n of said.deleted) assert.ok(!found.has(hex(n)), `${name}: deleted mail is back`);
          // Nothing else but what was under way when the process ended.
          const underWay = Array.from({ length: Math.max(0, ...said.stored) + 20 }, (_, n) => n).filter(
            isOpen,
          );
          for (const n of underWay) if (found.has(hex(n))) expected.add(hex(n));
          assert.deepEqual([...found].sort(), [...expected].sort());
          const { totalMessages } = node.storage.getStorageStats();
          assert.equal(totalMessages, found.size, `${name}: the count is wrong`);
          assert.deepEqual(node.warnings, []);
          await node.stop();
        }
        assert.ok(expected.size > CYCLES);
      } finally {
        scratch.remove();
      }
    });
  }
});

async function runUntilKilled(engine: string, folder: string, name: string, killAt: number): Promise<Said> {
  const program = path.join(__dirname, 'support', 'mail-forever.ts');
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', program, engine, folder, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<string | null>((resolve) =>
    child.once('exit', (_code, signal) => resolve(signal)),
  );
  const said: Said = { stored: new Set(), deleting: new Set(), deleted: new Set() };
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [what, n] = line.split(' ');
    said[what as keyof Said].add(Number(n));
    lines += 1;
    if (lines === killAt) child.kill('SIGKILL');
  }
  assert.equal(await exited, 'SIGKILL', 'the process ended by itself');
  return said;
}
