import assert from 'node:assert/strict';
import { checkToxId } from '../../../../nodes/editor/sidebar/sections/tox-id-check';
import { parseToxId } from '../../../../lib/identity/tox-id';
import { stranger } from '../../support/fake-tox';

const { toxId, key } = stranger();
const changed = (text: string, at: number) =>
  text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1);

describe('The check of a Tox ID while it is typed', () => {
  const word = (text: string) => checkToxId(text).word;

  it('takes what the runtime takes, however it was pasted', () => {
    for (const text of [
      toxId,
      toxId.toLowerCase(),
      `tox:${toxId}`,
      ` ${toxId.slice(0, 40)}\n${toxId.slice(40)} `,
    ]) {
      assert.equal(word(text), 'ok', text);
      assert.doesNotThrow(() => parseToxId(text));
    }
  });

  it('finds every single wrong digit', () => {
    for (let at = 0; at < toxId.length; at += 1)
      assert.equal(word(changed(toxId, at)), 'checksum', String(at));
  });

  it('says how many digits are there when that is the trouble', () => {
    assert.deepEqual(checkToxId(toxId.slice(0, 62)), { word: 'length', digits: 62 });
    assert.deepEqual(checkToxId(`${toxId}0`), { word: 'length', digits: 77 });
  });

  it('knows a public key, other letters, and nothing at all', () => {
    assert.equal(word(key), 'key');
    assert.equal(word(`${toxId.slice(0, 75)}G`), 'notHex');
    assert.equal(word('  \n'), 'blank');
  });
});
