import assert from 'node:assert/strict';
import { utf8 } from '../../../lib/bytes';
import { type CellInvitation, formatCellUri, parseCellUri } from '../../../lib/cells/cell-uri';
import { createPortableProvider } from '../../../lib/crypto/providers/portable';
import { formatToxId } from '../../../lib/identity/tox-id';
import { hasCode } from '../../../lib/testing/has-code';

const crypto = createPortableProvider();
const toxId = (name: string) =>
  formatToxId(crypto.keyPairFromSecret(crypto.sha256(utf8(name))).publicKey, Uint8Array.of(1, 2, 3, 4));

const token = crypto.sha256(utf8('token'));
const invitation: CellInvitation = {
  token,
  cells: [
    { collector: toxId('collector a'), nodes: [toxId('node a1'), toxId('node a2')] },
    { collector: toxId('collector b'), nodes: [] },
  ],
};
const bytesOf = (uri: string) => Buffer.from(uri.slice('tox-cell:'.length), 'base64url');
const uriOf = (bytes: Uint8Array) => `tox-cell:${Buffer.from(bytes).toString('base64url')}`;

describe('a cell URI', () => {
  it('holds the token, and each collector with its nodes', () => {
    const uri = formatCellUri(invitation);
    assert.match(uri, /^tox-cell:[A-Za-z0-9_-]+$/);
    assert.equal(bytesOf(uri).length, 1 + 1 + 32 + 1 + (38 + 1 + 2 * 38) + (38 + 1));
    assert.deepEqual(parseCellUri(uri), invitation);
  });

  it('is read with the spaces and line breaks of a paste', () => {
    const uri = formatCellUri(invitation);
    assert.deepEqual(parseCellUri(` ${uri.slice(0, 40)}\n${uri.slice(40)} `), invitation);
  });

  it('is refused whole when a byte is missing, too many, or of another version', () => {
    const bytes = bytesOf(formatCellUri(invitation));
    for (let length = 0; length < bytes.length; length += 1) {
      assert.throws(() => parseCellUri(uriOf(bytes.subarray(0, length))), hasCode('ErrMalformed'));
    }
    assert.throws(() => parseCellUri(uriOf(Buffer.concat([bytes, Buffer.of(0)]))), hasCode('ErrMalformed'));
    const newer = Buffer.from(bytes);
    newer[0] = 2;
    assert.throws(() => parseCellUri(uriOf(newer)), hasCode('ErrUnsupportedVersion'));
  });

  it('is refused when it is no base64url, or another kind of URI', () => {
    const uri = formatCellUri(invitation);
    for (const text of ['', 'tox:', uri.replace('tox-cell:', 'tox:'), `${uri}=`, `${uri}!`]) {
      assert.throws(() => parseCellUri(text), hasCode('ErrMalformed'), text);
    }
  });

  it('is refused with a mistyped address, a collector twice, no cell, or a short or long token', () => {
    const wrong = bytesOf(formatCellUri(invitation));
    wrong[40] = (wrong[40] ?? 0) ^ 1;
    assert.throws(() => parseCellUri(uriOf(wrong)), hasCode('ErrInvalidToxId'));
    const [cell] = invitation.cells;
    const twice = { token, cells: [cell!, cell!] };
    assert.throws(() => formatCellUri(twice), hasCode('ErrInvalidArgument'));
    assert.throws(() => formatCellUri({ token, cells: [] }), hasCode('ErrInvalidArgument'));
    for (const length of [0, 15, 65]) {
      const short = { ...invitation, token: new Uint8Array(length) };
      assert.throws(() => formatCellUri(short), hasCode('ErrInvalidArgument'));
      const bytes = Buffer.concat([
        Buffer.of(1, length),
        short.token,
        bytesOf(formatCellUri(invitation)).subarray(34),
      ]);
      assert.throws(() => parseCellUri(uriOf(bytes)), hasCode('ErrMalformed'));
    }
    const once = bytesOf(formatCellUri({ token, cells: [cell!] }));
    const copied = Buffer.concat([once, once.subarray(35)]);
    copied[34] = 2;
    assert.throws(() => parseCellUri(uriOf(copied)), hasCode('ErrMalformed'));
  });
});
