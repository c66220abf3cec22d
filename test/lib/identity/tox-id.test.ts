import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fromHex, toHex } from '../../../lib/bytes';
import { ToxAsyncError } from '../../../lib/errors';
import { formatToxId, parseToxId } from '../../../lib/identity/tox-id';

/** A real one: the Tox project's echo bot. */
const ECHO_BOT = '76518406F6A9F2217E8DC487CC783C25CC16A15EB36FF32E335A235342C48A39218F515C39A6';

const refuses = (text: string, hint: RegExp) =>
  assert.throws(
    () => parseToxId(text),
    (error) => ToxAsyncError.is(error, 'ErrInvalidToxId') && hint.test(error.message),
  );

describe('Tox ID', () => {
  it('is taken apart into public key and nospam', () => {
    const { publicKey, nospam } = parseToxId(ECHO_BOT);
    assert.equal(toHex(publicKey).toUpperCase(), ECHO_BOT.slice(0, 64));
    assert.equal(toHex(nospam).toUpperCase(), ECHO_BOT.slice(64, 72));
  });

  it('is put together again in upper case', () => {
    const { publicKey, nospam } = parseToxId(ECHO_BOT.toLowerCase());
    assert.equal(formatToxId(publicKey, nospam), ECHO_BOT);
  });

  it('may have spaces around it', () => {
    assert.deepEqual(parseToxId(` ${ECHO_BOT}\n`), parseToxId(ECHO_BOT));
  });

  it('is taken as people paste it: a prefix, blanks, line breaks and characters nobody sees', () => {
    const [half, rest] = [ECHO_BOT.slice(0, 38), ECHO_BOT.slice(38)];
    for (const pasted of [
      `tox:${ECHO_BOT}`,
      `TOX://${ECHO_BOT}`,
      ` tox: ${half}\r\n${rest}\t`,
      `${half}\u00a0${rest}\u3000`,
      `\ufeff${half}\u200b${rest}\u2060\u00ad`,
      ECHO_BOT.match(/.{4}/g)!.join(' '),
    ]) {
      assert.deepEqual(parseToxId(pasted), parseToxId(ECHO_BOT), JSON.stringify(pasted));
    }
  });

  it('survives formatting and parsing, whatever the bytes', () => {
    const bytes = (n: number) => fc.uint8Array({ minLength: n, maxLength: n });
    fc.assert(
      fc.property(bytes(32), bytes(4), (publicKey, nospam) => {
        assert.deepEqual(parseToxId(formatToxId(publicKey, nospam)), { publicKey, nospam });
      }),
    );
  });

  it('is refused when any one digit is wrong, with a hint at the checksum', () => {
    for (let i = 0; i < ECHO_BOT.length; i++) {
      const wrong = ECHO_BOT[i] === '0' ? '1' : '0';
      refuses(ECHO_BOT.slice(0, i) + wrong + ECHO_BOT.slice(i + 1), /checksum/);
    }
  });

  it('is refused when digits are missing, with their number', () => {
    refuses(ECHO_BOT.slice(0, 74), /74 characters instead of 76/);
    refuses(`${ECHO_BOT}00`, /78/);
    refuses('', /0 characters/);
  });

  it('is refused with a character that is no digit', () => {
    refuses(ECHO_BOT.replace('0', 'O'), /0-9 and A-F/);
  });

  it('is made only of a whole key and nospam', () => {
    const bad = (error: unknown) => ToxAsyncError.is(error, 'ErrInvalidArgument');
    assert.throws(() => formatToxId(new Uint8Array(31), new Uint8Array(4)), bad);
    assert.throws(() => formatToxId(new Uint8Array(32), new Uint8Array(5)), bad);
  });

  it('refuses random text without another error than its own', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: 'grapheme', minLength: 76, maxLength: 76 })),
        (text) => {
          assert.throws(
            () => parseToxId(text),
            (error) => ToxAsyncError.is(error, 'ErrInvalidToxId'),
          );
        },
      ),
    );
    assert.equal(fromHex(ECHO_BOT)?.length, 38);
  });
});
