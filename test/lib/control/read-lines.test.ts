import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import fc from 'fast-check';
import { readLines } from '../../../lib/control/read-lines';
import { ToxAsyncError } from '../../../lib/errors';

async function linesOf(chunks: readonly Uint8Array[], longest = 100): Promise<string[]> {
  const lines: string[] = [];
  await readLines(
    Readable.from(
      chunks.map((chunk) => Buffer.from(chunk)),
      { objectMode: false },
    ),
    longest,
    (line) => lines.push(line),
  );
  return lines;
}

const malformed = (error: unknown) => ToxAsyncError.is(error, 'ErrMalformed');

describe('Lines on a stream', () => {
  it('are the same however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 20 })),
        fc.array(fc.nat({ max: 40 })),
        async (texts, sizes) => {
          const lines = texts.map((text) => text.replaceAll('\n', ' '));
          let rest = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const chunks = sizes.map((size) => {
            const chunk = rest.subarray(0, size);
            rest = rest.subarray(size);
            return chunk;
          });
          assert.deepEqual(
            await linesOf(
              [...chunks, rest].filter(({ length }) => length > 0),
              1000,
            ),
            lines,
          );
        },
      ),
    );
  });

  it('end without the one that was not ended', async () => {
    assert.deepEqual(await linesOf([Buffer.from('a\nb')]), ['a']);
  });

  it('are refused as soon as one is longer than the limit, ended or not', async () => {
    assert.deepEqual(await linesOf([Buffer.from(`${'x'.repeat(100)}\n`)]), ['x'.repeat(100)]);
    await assert.rejects(linesOf([Buffer.from(`${'x'.repeat(101)}\n`)]), malformed);
    const endless = new PassThrough();
    const reading = readLines(endless, 100, () => undefined);
    endless.write('x'.repeat(60));
    endless.write('x'.repeat(60));
    await assert.rejects(reading, malformed);
    assert.ok(endless.destroyed);
  });

  it('are refused when they are not UTF-8', async () => {
    await assert.rejects(linesOf([Buffer.from([0xff, 0x0a])]), malformed);
  });

  it('end when the stream breaks', async () => {
    const stream = new PassThrough();
    const lines: string[] = [];
    const reading = readLines(stream, 100, (line) => lines.push(line));
    stream.write('a\n');
    setImmediate(() => stream.destroy(Object.assign(new Error('reset'), { code: 'ECONNRESET' })));
    await reading;
    assert.deepEqual(lines, ['a']);
  });

  it('hide no fault of the listener', async () => {
    const stream = Readable.from([Buffer.from('a\n')], { objectMode: false });
    const faulty = () => {
      throw new TypeError('a fault');
    };
    await assert.rejects(readLines(stream, 100, faulty), TypeError);
  });
});
