import { utf8 } from '../../bytes';
import { formatToxId, parseToxId } from '../tox-id';
import { errorCorrection } from './error-correction';
import { drawModules, MASK_COUNT, type Modules } from './modules';
import { penalty } from './penalty';

const SCHEME = 'tox:';
/** Of version 4-L. */
const DATA_BYTES = 80;
const CORRECTION_BYTES = 20;
/** Indicators of the two modes, 4 bits each. */
const BYTES_MODE = 4;
const ALPHANUMERIC_MODE = 2;
const PADDING = [0xec, 0x11];

/**
 * A QR code for `tox:` and the Tox ID, as Tox clients read it: version 4-L, always 33 modules wide (ISO/IEC 18004). Draw
 * dark modules on a light ground with four modules of quiet zone around, also where the page is dark.
 * @returns rows of modules, true for dark
 * @throws ErrInvalidToxId
 */
export function toxIdQr(toxId: string): readonly (readonly boolean[])[] {
  const { publicKey, nospam } = parseToxId(toxId);
  const data = dataBytes(formatToxId(publicKey, nospam));
  const codewords = [...data, ...errorCorrection(data, CORRECTION_BYTES)];
  let best: { readonly modules: Modules; readonly penalty: number } | undefined;
  for (let mask = 0; mask < MASK_COUNT; mask += 1) {
    const modules = drawModules(codewords, mask);
    const each = { modules, penalty: penalty(modules) };
    if (best === undefined || each.penalty < best.penalty) best = each;
  }
  return best?.modules ?? [];
}

/** The scheme as bytes, since small letters are no alphanumerics of QR codes; the digits as pairs of 11 bits. */
function dataBytes(digits: string): number[] {
  const scheme = [...utf8(SCHEME)];
  const pairs = digits.match(/../g) ?? [];
  let bits = text(BYTES_MODE, 4) + text(scheme.length, 8) + scheme.map((byte) => text(byte, 8)).join('');
  bits += text(ALPHANUMERIC_MODE, 4) + text(digits.length, 9);
  bits += pairs.map(([a = '0', b = '0']) => text(45 * parseInt(a, 16) + parseInt(b, 16), 11)).join('');
  bits += '0000';
  const bytes = (bits.match(/.{1,8}/g) ?? []).map((byte) => parseInt(byte.padEnd(8, '0'), 2));
  for (let i = 0; bytes.length < DATA_BYTES; i += 1) bytes.push(PADDING[i % 2] ?? 0);
  return bytes;
}

function text(value: number, bits: number): string {
  return value.toString(2).padStart(bits, '0');
}
