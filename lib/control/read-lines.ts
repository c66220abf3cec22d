import type { Readable } from 'node:stream';
import { readUtf8 } from '../bytes';
import { ToxAsyncError } from '../errors';

const NEWLINE = 0x0a;

/**
 * Gives each line that comes on a stream to `onLine`, without its end. Resolves when the stream ends or breaks; what
 * comes after the last end of a line is dropped. The stream is destroyed when it rejects.
 * @param longest bytes of a line
 * @throws ErrMalformed a line is longer, or no UTF-8
 */
export async function readLines(
  stream: Readable,
  longest: number,
  onLine: (line: string) => void,
): Promise<void> {
  let parts: Buffer[] = [];
  let length = 0;
  const take = (part: Buffer) => {
    parts.push(part);
    length += part.length;
    if (length > longest) throw malformed(`A line has more than ${longest} bytes.`);
  };
  const takeChunk = (chunk: Buffer) => {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      take(chunk.subarray(from, end));
      const line = readUtf8(Buffer.concat(parts));
      if (line === undefined) throw malformed('A line is not UTF-8.');
      parts = [];
      length = 0;
      from = end + 1;
      onLine(line);
    }
    take(chunk.subarray(from));
  };
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) takeChunk(chunk);
  } catch (error) {
    // The other side went without a word, which ends it like any other end.
    if (ToxAsyncError.is(error) || !(error instanceof Error && 'code' in error)) throw error;
  }
}

function malformed(text: string): ToxAsyncError {
  return new ToxAsyncError('ErrMalformed', text);
}
