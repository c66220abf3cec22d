import { fromHex, toHex } from '../bytes';
import { ToxAsyncError } from '../errors';
import { formatToxId, parseToxId } from '../identity/tox-id';
import { ByteReader } from '../protocol/byte-reader';
import { ByteWriter } from '../protocol/byte-writer';
import { assertTokenLength } from './join-token';

const SCHEME = 'tox-cell:';
const VERSION = 1;
const ADDRESS_BYTES = 38;
const MOST = 0xff;

/** One collector, and the storage nodes of its cell; each by its Tox ID of 76 digits. */
export interface Cell {
  readonly collector: string;
  readonly nodes: readonly string[];
}

/** What a device needs to join: the token that proves that it may, and the cells from which it takes one. */
export interface CellInvitation {
  /** 16 to 64 secret bytes. */
  readonly token: Uint8Array;
  /** 1 to 255; no collector stands in two of them. */
  readonly cells: readonly Cell[];
}

/**
 * `tox-cell:` and base64url(version 1 | token length 1 | token | n 1 | n x (collector address 38 | m 1 | m x node address
 * 38)) (docs/PROTOCOL.md, "Cells"). The text holds the token: who reads it may join.
 * @throws ErrInvalidArgument, ErrInvalidToxId
 */
export function formatCellUri({ token, cells }: CellInvitation): string {
  assertTokenLength(token);
  const w = new ByteWriter('cell URI').u8(VERSION).u8(token.length).bytes(token);
  w.count(cells, MOST, 1).each(cells, ({ collector, nodes }) => {
    w.bytes(addressOf(collector));
    w.count(nodes, MOST).each(nodes, (node) => w.bytes(addressOf(node)));
  });
  assertDistinct(cells, (text) => new ToxAsyncError('ErrInvalidArgument', text));
  return SCHEME + Buffer.from(w.done()).toString('base64url');
}

/**
 * Takes the text as people paste it, with spaces and line breaks anywhere.
 * @throws ErrMalformed, ErrUnsupportedVersion, ErrInvalidToxId
 */
export function parseCellUri(text: string): CellInvitation {
  const whole = text.replace(/\s+/g, '');
  const bytes = whole.startsWith(SCHEME) ? fromBase64url(whole.slice(SCHEME.length)) : undefined;
  if (bytes === undefined) {
    throw new ToxAsyncError(
      'ErrMalformed',
      `A cell URI begins with "${SCHEME}" and goes on with letters, digits, - and _ only. Copy all of it.`,
    );
  }
  const r = new ByteReader(bytes, 'cell URI');
  const version = r.u8();
  if (version !== VERSION) {
    throw new ToxAsyncError(
      'ErrUnsupportedVersion',
      `This cell URI has version ${version}, and this build reads version ${VERSION}. Update this device.`,
    );
  }
  const token = r.bytes(r.u8());
  assertTokenLength(token, (why) => r.bad(why));
  const cells = r.list(r.count(MOST, 1), () => ({
    collector: readAddress(r),
    nodes: r.list(r.count(MOST), () => readAddress(r)),
  }));
  r.end();
  assertDistinct(cells, (why) => r.bad(why));
  return { token, cells };
}

/** Public keys, not addresses: a collector keeps its key when it changes its nospam. */
function assertDistinct(cells: readonly Cell[], wrong: (why: string) => ToxAsyncError): void {
  const keys = new Set(cells.map(({ collector }) => toHex(parseToxId(collector).publicKey)));
  if (keys.size < cells.length) throw wrong('a collector stands in two cells');
}

function addressOf(toxId: string): Uint8Array {
  const { publicKey, nospam } = parseToxId(toxId);
  const address = fromHex(formatToxId(publicKey, nospam));
  if (address === undefined) throw new TypeError('a Tox ID has digits only');
  return address;
}

function readAddress(r: ByteReader): string {
  const digits = toHex(r.bytes(ADDRESS_BYTES)).toUpperCase();
  parseToxId(digits);
  return digits;
}

function fromBase64url(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Buffer.from(text, 'base64url'));
  // Node reads what is no base64url as well, and leaves it out.
  return Buffer.from(bytes).toString('base64url') === text ? bytes : undefined;
}
