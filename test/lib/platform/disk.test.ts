import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Disk } from '../../../lib/platform/disk';
import { MemoryDisk } from '../../../lib/testing/memory-disk';
import { systemDisk } from '../../../lib/platform/system/system-disk';

const text = (value: string) => new TextEncoder().encode(value);

/** What both disks do alike. */
function diskSuite(name: string, make: () => { disk: Disk; root: string }): void {
  describe(`the ${name} disk`, () => {
    let disk: Disk;
    let root: string;
    const at = (...names: string[]) => join(root, 'folder', ...names);

    beforeEach(() => {
      ({ disk, root } = make());
      return disk.makeFolder(at());
    });

    it('makes folders with their parents, again without an error', async () => {
      await disk.makeFolder(at('a', 'b'));
      await disk.makeFolder(at('a', 'b'));
      await disk.writeFile(at('a', 'b', 'file'), text('x'));
      assert.deepEqual(await disk.list(at('a')), ['b']);
    });

    it('replaces files as a whole', async () => {
      assert.equal(await disk.readFile(at('file')), undefined);
      await disk.writeFile(at('file'), text('a longer first text'));
      await disk.writeFile(at('file'), text('second'));
      assert.deepEqual(await disk.readFile(at('file')), text('second'));
      assert.deepEqual(await disk.list(at()), ['file']);
    });

    it('writes one of two texts that are written to a file at once', async () => {
      const texts = [new Uint8Array(100_000).fill(1), new Uint8Array(50_000).fill(2)] as const;
      await Promise.all(texts.map((data) => disk.writeFile(at('twice'), data)));
      assert.deepEqual(await disk.readFile(at('twice')), texts[1]);
    });

    it('removes files, also those that are gone', async () => {
      await disk.writeFile(at('file'), text('x'));
      await disk.remove(at('file'));
      await disk.remove(at('file'));
      assert.equal(await disk.readFile(at('file')), undefined);
    });

    it('lists nothing in a folder that does not exist', async () => {
      assert.deepEqual(await disk.list(at('nowhere')), []);
    });

    it('reports a folder that does not exist when a file is written', async () => {
      await assert.rejects(disk.writeFile(at('nowhere', 'file'), text('x')), { code: 'ENOENT' });
      await assert.rejects(disk.open(at('nowhere', 'file')), { code: 'ENOENT' });
    });

    it('reads and writes in place', async () => {
      const file = await disk.open(at('slots'));
      assert.equal(await file.size(), 0);
      await file.write(0, text('0123456789'));
      await file.write(3, text('ABC'));
      await file.write(12, text('end'));
      await file.sync();
      assert.equal(await file.size(), 15);
      assert.deepEqual(await file.read(0, 100), text('012ABC6789\0\0end'));
      assert.deepEqual(await file.read(13, 1), text('n'));
      assert.deepEqual(await file.read(100, 5), new Uint8Array());
      await file.truncate(4);
      assert.equal(await file.size(), 4);
      await file.close();
      const again = await disk.open(at('slots'));
      assert.deepEqual(await again.read(0, 100), text('012A'));
      await again.close();
    });

    it('measures its volume, also by a path that does not exist yet', async () => {
      const free = await disk.freeBytes(at('not', 'there'));
      const volume = await disk.volumeBytes(at('not', 'there'));
      assert.ok(free > 0 && free <= volume, `${free} of ${volume}`);
    });
  });
}

diskSuite('memory', () => ({ disk: new MemoryDisk(), root: '/memory' }));

describe('on the machine', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tox-async-disk-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  diskSuite('system', () => ({ disk: systemDisk, root }));

  it('the system disk lets only the owner read its files and folders', async () => {
    await systemDisk.makeFolder(join(root, 'a', 'b'));
    await systemDisk.writeFile(join(root, 'a', 'file'), text('x'));
    await (await systemDisk.open(join(root, 'a', 'slots'))).close();
    const mode = (...names: string[]) => statSync(join(root, ...names)).mode & 0o777;
    assert.deepEqual(
      [mode('a'), mode('a', 'b'), mode('a', 'file'), mode('a', 'slots')],
      [0o700, 0o700, 0o600, 0o600],
    );
  });

  it('the system disk makes one folder for all who want it at once', async () => {
    const path = join(root, 'a', 'b', 'c');
    await Promise.all([1, 2, 3, 4].map(() => systemDisk.makeFolder(path)));
    assert.ok(statSync(path).isDirectory());
  });

  it('the system disk makes no folder in a file, nor where none can be', async () => {
    await systemDisk.writeFile(join(root, 'file'), text('x'));
    await assert.rejects(systemDisk.makeFolder(join(root, 'file')), { code: 'EEXIST' });
    await assert.rejects(systemDisk.makeFolder(join(root, 'file', 'folder')), { code: 'ENOTDIR' });
    // Node's own recursive mkdir runs forever there.
    if (process.platform === 'linux')
      await assert.rejects(systemDisk.makeFolder('/proc/no/such'), { code: 'ENOENT' });
  });

  it('the system disk leaves no temporary file behind when a replacement fails', async () => {
    await systemDisk.makeFolder(join(root, 'target'));
    await assert.rejects(systemDisk.writeFile(join(root, 'target'), text('x')));
    assert.deepEqual(await systemDisk.list(root), ['target']);
  });
});
