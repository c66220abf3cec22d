import { deflateRawSync, inflateRawSync, type Inflate } from 'node:zlib';

/** Raw DEFLATE (RFC 1951) of Node's zlib: no header, no checksum; what it is sealed in has both. */

/** As small as zlib makes it. Another zlib may give other bytes: keep them rather than deflate twice. */
export function deflate(bytes: Uint8Array): Uint8Array {
  return ownMemory(deflateRawSync(bytes, { level: 9 }));
}

/**
 * What `bytes` inflate to, and nothing is inflated beyond `most` bytes.
 * @returns undefined for more than `most`, for what is cut short or damaged, and for bytes after the final block
 */
export function inflate(bytes: Uint8Array, most: number): Uint8Array | undefined {
  try {
    const { buffer, engine } = inflateWithInfo(bytes, most);
    // The engine stops at the final block and says nothing of what follows.
    return engine.bytesWritten === bytes.length ? ownMemory(buffer) : undefined;
  } catch {
    return undefined;
  }
}

/** With `info` the answer tells how much was read; Node's types know the option but not the answer. */
function inflateWithInfo(bytes: Uint8Array, most: number): { buffer: Buffer; engine: Inflate } {
  const answer: unknown = inflateRawSync(bytes, { maxOutputLength: most, info: true });
  return answer as { buffer: Buffer; engine: Inflate };
}

/** Not a view of memory that Node shares among buffers. */
function ownMemory(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}
