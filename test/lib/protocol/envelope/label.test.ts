import assert from 'node:assert/strict';
import { concat, utf8 } from '../../../../lib/bytes';
import { encodeLabel, isLabel, readLabel } from '../../../../lib/protocol/envelope/label';
import { filled, throwsCode } from '../support/fixtures';

describe('the label of a message', () => {
  it('is any text of up to 255 bytes, in any script, and comes out as it was', () => {
    for (const label of [
      '',
      't',
      'garden/temperature',
      'Küche 🔥 台所',
      ' ',
      'a'.repeat(255),
      'ä'.repeat(127),
    ]) {
      assert.equal(readLabel(encodeLabel(label)), label);
    }
    throwsCode(() => encodeLabel('a'.repeat(256)), 'ErrInvalidArgument');
    throwsCode(() => encodeLabel('ä'.repeat(128)), 'ErrInvalidArgument');
    assert.equal(readLabel(filled(256, 0x61)), undefined);
  });

  it('has no control character, and each neighbour of one is allowed', () => {
    const isControl = (code: number) => code <= 0x1f || (code >= 0x7f && code <= 0x9f);
    for (let code = 0; code <= 0x100; code += 1) {
      const label = `a${String.fromCodePoint(code)}b`;
      assert.equal(readLabel(utf8(label)), isControl(code) ? undefined : label, String(code));
      if (isControl(code)) throwsCode(() => encodeLabel(label), 'ErrInvalidArgument');
      else assert.deepEqual(encodeLabel(label), utf8(label));
    }
  });

  it('can be told from what is none before it is used', () => {
    for (const label of ['t', ' ', 'a'.repeat(255), 'ä'.repeat(127)]) assert.ok(isLabel(label));
    for (const text of ['', 'a\tb', 'a'.repeat(256), 'ä'.repeat(128), '\udc00']) assert.ok(!isLabel(text));
  });

  it('is UTF-8', () => {
    assert.equal(readLabel(new Uint8Array([0xff])), undefined);
    assert.equal(readLabel(new Uint8Array([0xed, 0xa0, 0x80])), undefined);
    throwsCode(() => encodeLabel('\ud800'), 'ErrInvalidArgument');
  });

  it('keeps a byte order mark, so that two labels that differ stay two', () => {
    assert.deepEqual(readLabel(concat(new Uint8Array([0xef, 0xbb, 0xbf]), utf8('t'))), '\ufefft');
  });
});
