import assert from 'node:assert/strict';
import catalog from '../../../../nodes/locales/en-US/storage-node.json';
import { ERROR_CODES } from '../../../../lib/index';
import { inFull, type Said } from '../../../../nodes/runtime/failures/said';
import { takeApart } from '../../../../nodes/runtime/failures/take-apart';
import { BLANK, errorsInCode, textsInCode } from '../../support/sentences';

const FAILURE = catalog['storage-node'].failure;
const TEXTS: Readonly<Record<string, string>> = FAILURE.text;

/** Parts of the core whose errors end there, or reach programs and the command alone: Node-RED never tells them. */
const NOT_TOLD = [
  'lib/bytes',
  'lib/cells/cell-uri',
  'lib/control/',
  'lib/crypto/',
  'lib/forward-security/',
  'lib/identity/tox-id',
  'lib/network/handshake-side',
  'lib/network/peer-',
  'lib/protocol/',
  'lib/storage/message-storage',
  'lib/storage/postgres/connection/link',
  'lib/storage/postgres/postgres-engine',
  'lib/storage/postgres/watcher',
  'lib/storage/store-answer',
  'lib/store/operations',
  'lib/store/queued-store',
  'lib/store/vault/',
  'lib/store/write-batch',
  'lib/testing/',
  'lib/transport/outgoing',
  'lib/transport/toxcore/toxcore-transport',
];

describe('What an error says', () => {
  const english = (said: Said) =>
    inFull(said, (key, params) => {
      const [, part = '', name = ''] = /^(\w+)\.(\w+)$/.exec(key) ?? [];
      const text = part === 'text' ? TEXTS[name] : '__text__';
      return (text ?? '').replace(/__(\w+?)__/g, (_blank, each: string) => params[each] ?? '');
    });

  it('is in the catalog in the words of the code: who changes an error changes its text in each language', () => {
    const inCode = textsInCode();
    const gone = Object.entries(TEXTS).filter(([, text]) => !inCode.has(text.replace(/(__\w+?__)+/g, BLANK)));
    assert.deepEqual(gone, []);
  });

  it('has a text wherever a flow may hear of it', () => {
    const errors = errorsInCode();
    for (const part of NOT_TOLD)
      assert.ok(
        errors.some(({ file }) => file.startsWith(part)),
        part,
      );
    const without = errors
      .filter(({ file }) => !NOT_TOLD.some((part) => file.startsWith(part)))
      .map(({ file, forms }) => ({ file, said: forms.filter((form) => form !== BLANK) }))
      .filter(({ said }) => said.length > 0)
      .filter(({ said }) => !said.some((form) => takeApart(form.replaceAll(BLANK, 'X')) !== undefined));
    assert.deepEqual(without, []);
  });

  it('is put together again from its text and what fills it', () => {
    for (const text of Object.values(TEXTS)) {
      const sentence = text.replace(/__(\w+?)__/g, (_blank, name: string) => `<${name}>`);
      const said = takeApart(sentence);
      assert.ok(said, text);
      assert.equal(english(said), sentence);
    }
  });

  it('may be filled with what is a text itself', () => {
    const said = takeApart('The data directory must be text.');
    assert.deepEqual(said, {
      key: 'text.mustBeText',
      params: { what: { key: 'text.fieldDataDir', params: {} } },
    });
  });

  it('leaves names and paths as they are, also those that read as a text', () => {
    const { unknownFriend, ambiguousFriend, notCreated } = FAILURE.text;
    const fill = (text: string) => text.replace(/__(\w+?)__/g, FAILURE.text.fieldUrgent);
    for (const text of [unknownFriend, ambiguousFriend, notCreated]) {
      const { params } = takeApart(fill(text)) ?? { params: {} };
      const names = Object.entries(params).filter(([name]) => name !== 'reason');
      assert.ok(names.length > 0, text);
      for (const [name, value] of names) assert.equal(value, 'Urgent', name);
    }
  });

  it('takes apart what fills a blank wherever the code fills it with a text', () => {
    const nested = takeApart(
      'The backup is sealed with a passphrase. Enter the passphrase. To start new without the one-time secrets, ' +
        'set "Start new" (the option startNew) to abc.',
    );
    assert.deepEqual(nested, {
      key: 'text.startNew',
      params: {
        problem: { key: 'text.sealed', params: { what: { key: 'text.backupWord', params: {} } } },
        without: { key: 'text.withoutSecrets', params: {} },
        word: 'abc',
      },
    });
    const thePayload = { key: 'text.fieldPayload', params: {} };
    for (const text of [FAILURE.text.nothingToSend, FAILURE.text.badTopic, FAILURE.text.noForm]) {
      const [, blank = ''] = /__(wh\w+?)__/.exec(text) ?? [];
      const said = takeApart(text.replace(`__${blank}__`, 'The payload').replace(/__\w+?__/g, 'X'));
      assert.deepEqual(said?.params[blank], thePayload, text);
    }
  });

  it('that has no text is quoted under its code, for each code; without a code it is left alone', () => {
    for (const code of Object.keys(ERROR_CODES) as (keyof typeof ERROR_CODES)[]) {
      assert.deepEqual(takeApart('?', code), { key: `other.${code}`, params: { text: '?' } });
      assert.ok(code in FAILURE.other, code);
    }
    assert.equal(takeApart('?'), undefined);
  });

  it('costs no more to look for when its names are made to fit in many ways', function () {
    this.timeout(2_000);
    const dots = '.'.repeat(960);
    assert.equal(takeApart(`The installed libtoxcore is ${dots}; this package needs 0.${dots}`), undefined);
    const said = takeApart(
      'The installed libtoxcore is 1.2.3.4; this package needs 0.2.19 or a later 0.2. Install that version (Debian 12: "apt install libtoxcore2").',
    );
    assert.deepEqual(said?.params, { major: '1', minor: '2', patch: '3.4', known: '2', oldest: '19' });
    const other =
      'The installed libtoxcore is 1.2.3; this package needs 0.2.19 or a later 0.3. Install that version (Debian 12: "apt install libtoxcore2").';
    assert.equal(takeApart(other), undefined, 'a name that comes again is another one');
  });

  it('is not searched when it is very long, as the path of a payload may be', () => {
    const path = 'msg.payload.' + ' is '.repeat(100_000);
    const { key } = takeApart(`${path} is X, which cannot be sent as it is.`, 'ErrPayload') ?? { key: '' };
    assert.equal(key, 'other.ErrPayload');
  });
});
