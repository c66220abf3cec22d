import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { MANIFEST, ROOT } from '../../scripts/support/project';
import { packed } from './support/package-under-test';

/**
 * Where npm's page finds a file of the newest package: it resolves relative addresses only against a repository, and
 * there is none yet.
 */
const PUBLISHED = `https://unpkg.com/${MANIFEST.name}/`;
/** Pixels. A page on npm is not much wider. */
const WIDEST = 640;
/** Bytes of one picture. */
const LARGEST = 100_000;

/** Address and alternative text of each picture of a Markdown page. */
const picturesOf = (text: string) =>
  [...text.matchAll(/!\[([^\]]*)\]\(([^)\s]+)\)/g)].map(([, words = '', address = '']) => ({
    words,
    address,
  }));

/** The width in the header of a PNG file, pixels. @throws AssertionError for another file */
function widthOf(file: Buffer): number {
  assert.equal(file.subarray(1, 4).toString('latin1'), 'PNG');
  return file.readUInt32BE(16);
}

describe('The pictures of the read-me', function () {
  this.timeout(120_000);
  const pictures = picturesOf(readFileSync(path.join(ROOT, 'README.md'), 'utf8'));

  it('are in the package, and npm and the clone both show them', async () => {
    const { files } = await packed();
    const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
    assert.equal(pictures.length, 3);
    for (const { address } of pictures) {
      assert.ok(address.startsWith(PUBLISHED), address);
      const file = address.slice(PUBLISHED.length);
      assert.ok(files.includes(file), file);
      assert.ok(readme.includes(`](${address})](${file})`), `${file} is a link in the clone`);
    }
  });

  it('are small PNG files, no wider than the page', () => {
    for (const { address } of pictures) {
      const file = address.slice(PUBLISHED.length);
      const content = readFileSync(path.join(ROOT, file));
      const width = widthOf(content);
      assert.ok(width <= WIDEST, `${file}: ${width}`);
      assert.ok(content.length <= LARGEST, `${file}: ${content.length}`);
    }
  });

  it('say in words what they show', () => {
    for (const { words, address } of pictures) assert.ok(words.length > 20, address);
  });
});
