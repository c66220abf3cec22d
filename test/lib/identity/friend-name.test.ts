import assert from 'node:assert/strict';
import fc from 'fast-check';
import { utf8 } from '../../../lib/bytes';
import { ToxAsyncError } from '../../../lib/errors';
import { checkFriendName, sameName, usableName } from '../../../lib/identity/friend-name';

const HEX = 'deadbeef'.repeat(12);

describe('the name of a friend', () => {
  it('is kept in normal form C, without control characters and without blanks around it', () => {
    assert.equal(checkFriendName(' Jose\u0301\n'), 'Jos\u00e9');
    assert.equal(checkFriendName('Leak\0sensor\u0007\u0085'), 'Leak sensor');
    assert.equal(checkFriendName('\u200bPi\u200b\ufeff'), 'Pi');
    assert.equal(checkFriendName('👩\u200d🚒'), '👩\u200d🚒', 'a character made of several stays whole');
  });

  it('is compared by what people see', () => {
    assert.ok(sameName('Jos\u00e9', 'Jose\u0301'));
    assert.ok(sameName('Pi\u200b', ' P\u00adi '));
    assert.ok(!sameName('Pi', 'pi'));
    assert.ok(!sameName('Pi', 'Po'));
  });

  for (const [what, name] of [
    ['blank', ' \t\u200b\u0000'],
    ['of 129 bytes', 'x'.repeat(129)],
    ['48 hexadecimal digits', HEX.slice(0, 48)],
    ['64 hexadecimal digits', HEX.slice(0, 64)],
    ['76 hexadecimal digits with blanks', ` ${HEX.slice(0, 38)} ${HEX.slice(38, 76)}`],
    ['64 hexadecimal digits behind tox:', `tox:${HEX.slice(0, 64)}`],
    ['half a surrogate pair', 'x\ud83d'],
  ] as const) {
    it(`cannot be ${what}`, () => {
      assert.throws(
        () => checkFriendName(name),
        (error) => ToxAsyncError.is(error, 'ErrInvalidArgument', 'ErrMalformed'),
      );
      assert.equal(usableName(name), undefined);
    });
  }

  it('has a kept form that stays as it is, or none, whatever somebody sends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 140 }), (name) => {
        const usable = usableName(name);
        if (usable === undefined) return;
        assert.equal(checkFriendName(usable), usable);
        assert.ok(!/\p{Cc}/u.test(usable));
        assert.ok(utf8(usable).length <= 128);
      }),
    );
  });
});
