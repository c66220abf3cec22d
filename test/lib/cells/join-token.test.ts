import assert from 'node:assert/strict';
import { utf8 } from '../../../lib/bytes';
import {
  joinText,
  makeJoinToken,
  provesToken,
  readJoinToken,
  readJoinTokens,
} from '../../../lib/cells/join-token';
import { createPortableProvider } from '../../../lib/crypto/providers/portable';
import { SeededRandom } from '../../../lib/testing/simulated-platform';
import { hasCode } from '../../../lib/testing/has-code';

const crypto = createPortableProvider();
const token = crypto.sha256(utf8('token'));
const other = crypto.sha256(utf8('other token'));
const device = crypto.keyPairFromSecret(crypto.sha256(utf8('device'))).publicKey;
const stranger = crypto.keyPairFromSecret(crypto.sha256(utf8('stranger'))).publicKey;
const NOW = Date.parse('2026-06-01T00:00Z');

describe('a join token', () => {
  it('is proven by 16 bytes of an HMAC of the requester', () => {
    const text = joinText(crypto, token, device);
    assert.match(text, /^join:[A-Za-z0-9_-]{22}$/);
    const mac = crypto.hmacSha256(token, device).slice(0, 16);
    assert.deepEqual(Buffer.from(text.slice(5), 'base64url'), Buffer.from(mac));
    assert.equal(provesToken(crypto, text, device, [{ token: other }, { token }], NOW), true);
  });

  it('is proven by no other requester, no other token and no other text', () => {
    const text = joinText(crypto, token, device);
    assert.equal(provesToken(crypto, text, stranger, [{ token }], NOW), false);
    assert.equal(provesToken(crypto, text, device, [{ token: other }], NOW), false);
    assert.equal(provesToken(crypto, text, device, [], NOW), false);
    for (const wrong of [
      '',
      'join:',
      text.slice(0, -1),
      `${text}=`,
      ` ${text}`,
      text.slice(5),
      'Join' + text.slice(4),
    ]) {
      assert.equal(provesToken(crypto, wrong, device, [{ token }], NOW), false, wrong);
    }
  });

  it('holds until its end and not beyond', () => {
    const text = joinText(crypto, token, device);
    assert.equal(provesToken(crypto, text, device, [{ token, until: NOW + 1 }], NOW), true);
    assert.equal(provesToken(crypto, text, device, [{ token, until: NOW }], NOW), false);
    assert.equal(provesToken(crypto, text, device, [{ token, until: NOW }, { token }], NOW), true);
  });

  it('is made of 24 random bytes', () => {
    const [first, second] = [new SeededRandom('a'), new SeededRandom('b')].map(makeJoinToken);
    assert.equal(readJoinToken(first!).length, 24);
    assert.notEqual(first, second);
  });

  it('is read from lines with dates, blank lines and remarks, or from one line', () => {
    const [a, b] = [token, other].map((each) => Buffer.from(each).toString('base64url'));
    const text = `# cellar\n${a} 2027-03-01 # spring\r\n\n  ${b}\n`;
    assert.deepEqual(readJoinTokens(text), [{ token, until: Date.parse('2027-03-01') }, { token: other }]);
    assert.deepEqual(readJoinTokens(`${a} 2027-03-01; ${b}`), readJoinTokens(text));
    assert.deepEqual(readJoinTokens(''), []);
  });

  it('is refused by its place, without being told', () => {
    const good = Buffer.from(token).toString('base64url');
    for (const line of [`${good} soon`, `${good} 2027-03-01 more`, 'dG9vIHNob3J0', `${good}%`]) {
      assert.throws(
        () => readJoinTokens(`${good}\n\n${line}`),
        (error: Error) => {
          assert.match(error.message, /^Join token 2: /);
          assert.ok(!error.message.includes(line.split(' ')[0]!));
          return hasCode('ErrInvalidArgument')(error);
        },
      );
    }
  });
});
