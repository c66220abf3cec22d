import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MemoryDisk } from '../../../lib/testing/memory-disk';
import type { Random } from '../../../lib/platform/random';
import { applyChanges, type FileChange, SECTOR_BYTES, tear } from '../../../lib/testing/torn-writes';

const text = (value: string) => new TextEncoder().encode(value);

/** Draws from a fixed sequence that looks random. */
function seeded(seed: number): Random {
  let state = seed * 2654435761 + 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 16) & 0xff;
  };
  return { bytes: (n) => Uint8Array.from({ length: n }, next) };
}

describe('a power cut on the memory disk', () => {
  const path = '/data/file';
  let disk: MemoryDisk;

  beforeEach(async () => {
    disk = new MemoryDisk();
    await disk.makeFolder('/data');
  });

  it('keeps what was synced and without chance loses everything else', async () => {
    const file = await disk.open(path);
    await file.write(0, text('durable'));
    await file.sync();
    await file.write(0, text('LOST'));
    await file.truncate(2);
    assert.deepEqual(await disk.readFile(path), text('LO'));
    disk.crash();
    assert.deepEqual(await disk.readFile(path), text('durable'));
  });

  it('may keep any of the unsynced sectors and lose any other', async () => {
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 64; seed += 1) {
      const file = await disk.open(path);
      await file.write(0, new Uint8Array(2 * SECTOR_BYTES).fill(1));
      await file.sync();
      await file.write(0, new Uint8Array(2 * SECTOR_BYTES).fill(2));
      disk.crash(seeded(seed));
      const found = (await disk.readFile(path)) ?? new Uint8Array();
      outcomes.add(`${found[0]}${found[SECTOR_BYTES]}`);
    }
    assert.deepEqual([...outcomes].sort(), ['11', '12', '21', '22']);
  });

  it('leaves each sector as it was after some number of the writes, never half of one', () => {
    const change: fc.Arbitrary<FileChange> = fc.oneof(
      fc.record({
        kind: fc.constant('write' as const),
        offset: fc.nat(1500),
        data: fc.uint8Array({ minLength: 1, maxLength: 900 }),
      }),
      fc.record({ kind: fc.constant('truncate' as const), size: fc.nat(1800) }),
    );
    const property = fc.property(
      fc.array(change, { maxLength: 5 }),
      fc.infiniteStream(fc.nat(255)),
      (changes, chance) => {
        const random: Random = {
          bytes: (n) => Uint8Array.from({ length: n }, () => chance.next().value as number),
        };
        const before = new Uint8Array(1200).fill(7);
        const torn = tear(before, changes, random);
        const versions = changes.map((_unused, at) => applyChanges(before, changes.slice(0, at + 1)));
        const all = [before, ...versions];
        assert.ok(all.some((version) => version.length === torn.length));
        for (let start = 0; start < torn.length; start += SECTOR_BYTES) {
          const sector = Buffer.from(torn.subarray(start, start + SECTOR_BYTES));
          const candidates = all.map((version) => {
            const padded = Buffer.alloc(sector.length);
            padded.set(version.subarray(start, start + sector.length));
            return padded;
          });
          assert.ok(candidates.some((candidate) => candidate.equals(sector)));
        }
      },
    );
    fc.assert(property, { numRuns: 100 });
  });

  it('keeps a replaced file once the replacement resolved', async () => {
    await disk.writeFile(path, text('old'));
    await disk.writeFile(path, text('new'));
    disk.crash();
    assert.deepEqual(await disk.readFile(path), text('new'));
    await disk.remove(path);
    disk.crash();
    assert.equal(await disk.readFile(path), undefined);
  });

  it('leaves the old or the new file when it comes during a replacement', async () => {
    const found = new Set<string>();
    for (let seed = 0; seed < 40; seed += 1) {
      await disk.writeFile(path, text('old'));
      const replacing = Promise.allSettled([disk.writeFile(path, text('new'))]);
      for (let step = 0; step < seed % 5; step += 1) await Promise.resolve();
      disk.crash(seeded(seed));
      const [{ status }] = await replacing;
      const content = new TextDecoder().decode(await disk.readFile(path));
      if (status === 'fulfilled') assert.equal(content, 'new');
      found.add(`${status} ${content}`);
    }
    assert.ok(found.has('rejected old') && found.has('rejected new'), [...found].join());
  });

  it('ends open files, and operations under way', async () => {
    const file = await disk.open(path);
    const reading = assert.rejects(disk.readFile(path), { code: 'EIO' });
    disk.crash();
    await reading;
    await assert.rejects(file.read(0, 1), { code: 'EBADF' });
    await assert.rejects(file.sync(), { code: 'EBADF' });
  });
});

describe('a memory disk with a fault', () => {
  let disk: MemoryDisk;

  beforeEach(async () => {
    disk = new MemoryDisk();
    await disk.makeFolder('/data');
    await disk.writeFile('/data/file', new Uint8Array(1000));
  });

  it('that is full takes what fits, lets files be overwritten and removed, and has room again after that', async () => {
    disk.limitFree(10);
    assert.equal(await disk.freeBytes(), 10);
    await assert.rejects(disk.writeFile('/data/other', new Uint8Array(11)), { code: 'ENOSPC' });
    assert.equal(await disk.readFile('/data/other'), undefined);
    const file = await disk.open('/data/file');
    await file.write(0, new Uint8Array(1000).fill(1));
    await assert.rejects(file.write(995, new Uint8Array(20).fill(2)), { code: 'ENOSPC' });
    assert.equal(await file.size(), 1010);
    assert.equal(await disk.freeBytes(), 0);
    await disk.remove('/data/file');
    await disk.writeFile('/data/other', new Uint8Array(11));
  });

  it('that is read-only refuses every change with EROFS and still reads', async () => {
    const file = await disk.open('/data/file');
    disk.readOnly = true;
    for (const change of [
      () => disk.writeFile('/data/file', text('x')),
      () => disk.remove('/data/file'),
      () => disk.makeFolder('/data/folder'),
      () => disk.open('/data/new'),
      () => file.write(0, text('x')),
      () => file.truncate(0),
    ]) {
      await assert.rejects(change(), { code: 'EROFS' });
    }
    assert.equal((await disk.readFile('/data/file'))?.length, 1000);
    disk.readOnly = false;
    await file.write(0, text('x'));
  });
});
