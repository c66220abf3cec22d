import { describeOnVolumes } from './support/mount-namespace';
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toHex } from '../../lib/bytes';
import { storageIdOfBytes } from '../../lib/testing/engine/sample-mail';
import { fillVolume, makeScratch, mountSmallVolume } from '../lib/store/support/scratch';
import { ENGINES, FaultNode, numbered, RECIPIENTS } from './support/fault-node';

describeOnVolumes('a storage node whose disk fills up', function () {
  this.timeout(120_000);

  for (const engine of ENGINES) {
    it(`says so, keeps and serves what it has, deletes, and goes on when there is space, on ${engine}`, async () => {
      const scratch = makeScratch();
      const unmount = mountSmallVolume(scratch.path, 8);
      const folder = path.join(scratch.path, 'data');
      try {
        let node = await FaultNode.open(folder, engine);
        const others = path.join(scratch.path, 'others');
        writeFileSync(others, Buffer.alloc(2_000_000, 1));
        const kept = new Map<number, string>();
        let next = 0;
        /** Stores until it is refused; gives the code. */
        const storeUntilRefused = async (): Promise<string> => {
          for (let round = 0; round < 1000; round += 1) {
            const numbers = Array.from({ length: 32 }, () => next++);
            const codes = await Promise.all(numbers.map((n) => node.store(numbered('m', n).envelope)));
            for (const [i, n] of numbers.entries()) {
              if (codes[i] === 'ok') kept.set(n, toHex(numbered('m', n).envelope));
            }
            const refusal = codes.find((code) => code !== 'ok');
            if (refusal !== undefined) return refusal;
          }
          throw new Error('the disk never filled up');
        };
        const assertServesAll = async () => {
          const found = new Set<string>();
          for (const recipient of RECIPIENTS) {
            for (const envelope of await node.drain(recipient)) found.add(envelope);
          }
          for (const envelope of kept.values()) assert.ok(found.has(envelope), 'acknowledged mail is gone');
        };

        assert.equal(await storeUntilRefused(), 'node-full');
        assert.ok(kept.size > 100);
        await assertServesAll();
        const ballast = fillVolume(scratch.path);
        assert.equal(await storeUntilRefused(), 'node-full');
        await assertServesAll();
        // The reserve is there for this.
        for (const n of [...kept.keys()].slice(0, 20)) {
          const { recipient, envelope } = numbered('m', n);
          await untilAnswered('ok', () => node.delete(recipient, storageIdOfBytes(envelope)));
          kept.delete(n);
        }
        await assertServesAll();
        rmSync(ballast);
        rmSync(others);
        await untilAnswered('ok', () => {
          const n = next++;
          kept.set(n, toHex(numbered('m', n).envelope));
          return node.store(numbered('m', n).envelope).then((code) => {
            if (code !== 'ok') kept.delete(n);
            return code;
          });
        });
        await assertServesAll();
        assert.ok(node.storage.getStorageStats().refusals['node-full'] > 0);
        await node.stop();
        node = await FaultNode.open(folder, engine);
        await assertServesAll();
        await node.stop();
      } finally {
        unmount();
        scratch.remove();
      }
    });

    it(`opens on a full disk and serves, on ${engine}`, async () => {
      const scratch = makeScratch();
      const unmount = mountSmallVolume(scratch.path, 8);
      const folder = path.join(scratch.path, 'data');
      try {
        const first = await FaultNode.open(folder, engine);
        const { recipient, envelope } = numbered('m', 1);
        assert.equal(await first.store(envelope), 'ok');
        await first.stop();
        fillVolume(scratch.path);
        const node = await FaultNode.open(folder, engine);
        assert.deepEqual(await node.drain(recipient), [toHex(envelope)]);
        assert.equal(await node.store(numbered('m', 2).envelope), 'node-full');
        await untilAnswered('ok', () => node.delete(recipient, storageIdOfBytes(envelope)));
        assert.deepEqual(await node.drain(recipient), []);
        await node.stop();
      } finally {
        unmount();
        scratch.remove();
      }
    });
  }
});

/** The disk is looked at again only now and then. */
async function untilAnswered(wanted: string, ask: () => Promise<string>): Promise<void> {
  let answer = '';
  for (let attempt = 0; attempt < 300; attempt += 1) {
    answer = await ask();
    if (answer === wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(answer, wanted);
}
