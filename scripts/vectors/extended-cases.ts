import { concat, utf8 } from '../../lib/bytes';

/** Two builds of zlib may deflate to different bytes: a stored block (RFC 1951, 3.2.4) of four bytes is always this. */
const STORED_BLOCK = new Uint8Array([1, 4, 0, 0xfb, 0xff]);

/** @param flags 1 deflated */
function extended(inner: number, flags: number, label: string, ...rest: Uint8Array[]): Uint8Array {
  return concat(new Uint8Array([inner, flags, utf8(label).length]), utf8(label), ...rest);
}

/** Data of type 4 that is taken: each inner type, with a label and without, deflated and not. */
export const EXTENDED_CASES: readonly { readonly name: string; readonly data: Uint8Array }[] = [
  { name: 'text with a label', data: extended(0, 0, 'Küche', utf8('leak')) },
  { name: 'action without a label', data: extended(1, 0, '', utf8('waves')) },
  { name: 'binary, deflated', data: extended(2, 1, '', STORED_BLOCK, utf8('leak')) },
  { name: 'json with a label', data: extended(3, 0, 't', utf8('{"a":1}')) },
  { name: 'json, deflated, with a label', data: extended(3, 1, 't', STORED_BLOCK, utf8('true')) },
  { name: 'the longest label', data: extended(0, 0, 'a'.repeat(255), utf8('leak')) },
  { name: 'a label and no data', data: extended(2, 0, 't') },
];
