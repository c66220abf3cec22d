import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readRequest } from '../../../lib/control/read-request';
import type { ControlRequest } from '../../../lib/control/requests';
import { ToxAsyncError } from '../../../lib/errors';

const EVERY: readonly ControlRequest[] = [
  { ask: 'identity' },
  { ask: 'status' },
  { ask: 'history' },
  { ask: 'findings' },
  { ask: 'findings', friend: 'Laptop' },
  { ask: 'friends' },
  { ask: 'add-friend', toxId: 'ab'.repeat(38), greeting: 'Hello', name: 'Laptop' },
  { ask: 'accept-friend', key: 'ab'.repeat(32) },
  { ask: 'remove-friend', friend: 'Laptop' },
  { ask: 'rename-friend', friend: 'Laptop', name: 'Desk' },
  { ask: 'send', friend: 'Laptop', content: { text: 'x'.repeat(262_144) }, until: 'stored', timeout: 5 },
  {
    ask: 'send',
    friend: 'Laptop',
    content: { base64: 'AAE=' },
    messageId: '0f'.repeat(32),
    topic: 'leak',
    replaces: 'level',
    urgent: true,
    lifetime: 60,
    overdueAfter: 30,
    until: 'delivered',
    timeout: 0,
  },
  {
    ask: 'send',
    friend: 'Laptop',
    content: { json: { a: [1, null] } },
    until: 'queued',
    timeout: 0,
  },
  { ask: 'send', friend: 'Laptop', content: { text: 'waves', action: true }, until: 'queued', timeout: 0 },
  { ask: 'cancel', messageId: '0f'.repeat(32) },
  { ask: 'cancel', messageId: '0f'.repeat(32), friend: 'Laptop' },
  { ask: 'receive' },
  { ask: 'backup', passphrase: 'a secret' },
];

const refused = (code: 'ErrMalformed' | 'ErrUnsupportedVersion') => (error: unknown) =>
  ToxAsyncError.is(error, code);

describe('A request in a line', () => {
  it('is read as it was written', () => {
    for (const request of EVERY) assert.deepEqual(readRequest(JSON.stringify(request)), request);
  });

  it('has nothing in it that this version does not know', () => {
    assert.deepEqual(readRequest('{"ask":"status","extra":1}'), { ask: 'status' });
  });

  it('is refused by name when it asks for something unknown', () => {
    assert.throws(() => readRequest('{"ask":"dance"}'), refused('ErrUnsupportedVersion'));
  });

  it('is refused when a field is missing, of another type, or beyond its limit', () => {
    for (const fields of [
      { ask: 'remove-friend' },
      { ask: 'remove-friend', friend: 7 },
      { ask: 'remove-friend', friend: 'x'.repeat(4097) },
      { ask: 'findings', friend: null },
      { ask: 'send', friend: 'a', content: 'text', until: 'stored', timeout: 1 },
      { ask: 'send', friend: 'a', content: { base64: '!' }, until: 'stored', timeout: 1 },
      { ask: 'send', friend: 'a', content: { text: 'a' }, until: 'soon', timeout: 1 },
      { ask: 'send', friend: 'a', content: {}, until: 'stored', timeout: 1 },
      { ask: 'send', friend: 'a', content: { text: 'a' }, messageId: 'ab', until: 'stored', timeout: 1 },
      { ask: 'send', friend: 'a', content: { text: 'a' }, overdueAfter: '9', until: 'stored', timeout: 1 },
      { ask: 'cancel' },
      { ask: 'cancel', messageId: 'x'.repeat(64) },
      { ask: 'send', friend: 'a', content: { text: 'a' }, until: 'stored', timeout: -1 },
      { ask: 'send', friend: 'a', content: { text: 'a' }, until: 'stored', timeout: '1' },
    ]) {
      assert.throws(
        () => readRequest(JSON.stringify(fields)),
        refused('ErrMalformed'),
        JSON.stringify(fields),
      );
    }
  });

  it('waits two weeks at most', () => {
    const long = { ask: 'send', friend: 'a', content: { text: 'a' }, until: 'stored', timeout: 1e12 };
    assert.equal(readRequest(JSON.stringify(long)).ask, 'send');
    assert.deepEqual(readRequest(JSON.stringify(long)), { ...long, timeout: 14 * 24 * 3600 });
  });

  it('throws nothing but refusals, whatever the line is', () => {
    const asks = fc.constantFrom(...EVERY.map(({ ask }) => ask), 'dance');
    const names = ['friend', 'name', 'key', 'toxId', 'greeting', 'content', 'until', 'timeout', 'lifetime'];
    const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.string()), fc.object());
    const record = fc
      .tuple(asks, fc.dictionary(fc.constantFrom(...names), value))
      .map(([ask, fields]) => JSON.stringify({ ask, ...fields }));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), record), (line) => {
        try {
          assert.ok(readRequest(line).ask);
        } catch (error) {
          assert.ok(ToxAsyncError.is(error, 'ErrMalformed', 'ErrUnsupportedVersion'), String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});
