/**
 * The frame of Tox savedata (toxcore's state.h): 4 zero bytes, a cookie, then sections of length 4, type 2,
 * cookie 2 and data. These integers are little-endian. The last section has type 255 and is empty; libtoxcore leaves
 * zeros behind it.
 */
import { concat } from '../bytes';
import { ToxAsyncError } from '../errors';

export interface ProfileSection {
  readonly type: number;
  readonly data: Uint8Array;
}

const FILE_COOKIE = 0x15ed1b1f;
const SECTION_COOKIE = 0x01ce;
const HEADER_BYTES = 8;
const END = 255;

/** True when the bytes claim to be savedata that is not sealed with a passphrase. */
export function looksLikeProfile(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_BYTES) return false;
  const view = viewOf(bytes);
  return view.getUint32(0, true) === 0 && view.getUint32(4, true) === FILE_COOKIE;
}

/**
 * The sections in the order of the file, without the last, empty one. The data are views into `bytes`.
 * @throws ErrMalformed
 */
export function readSections(bytes: Uint8Array): ProfileSection[] {
  if (!looksLikeProfile(bytes)) throw malformed('it does not start like one');
  const view = viewOf(bytes);
  const sections: ProfileSection[] = [];
  for (let start = HEADER_BYTES; ;) {
    if (start + HEADER_BYTES > bytes.length) throw malformed('its end is missing');
    const length = view.getUint32(start, true);
    const type = view.getUint16(start + 4, true);
    if (view.getUint16(start + 6, true) !== SECTION_COOKIE) throw malformed('a section is damaged');
    const data = start + HEADER_BYTES;
    start = data + length;
    if (start > bytes.length) throw malformed('its end is missing');
    if (type === END) {
      const padding = bytes.subarray(start);
      if (length > 0 || padding.some((byte) => byte !== 0)) throw malformed('extra data follows its end');
      return sections;
    }
    sections.push({ type, data: bytes.subarray(data, start) });
  }
}

export function writeSections(sections: readonly ProfileSection[]): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  viewOf(header).setUint32(4, FILE_COOKIE, true);
  const all = [...sections, { type: END, data: new Uint8Array() }];
  return concat(header, ...all.flatMap(({ type, data }) => [sectionHeader(type, data.length), data]));
}

export function malformed(reason: string): ToxAsyncError {
  return new ToxAsyncError('ErrMalformed', `This is not a valid Tox profile: ${reason}.`);
}

function sectionHeader(type: number, length: number): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  const view = viewOf(header);
  view.setUint32(0, length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, SECTION_COOKIE, true);
  return header;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
