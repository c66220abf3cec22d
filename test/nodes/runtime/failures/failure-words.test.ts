import assert from 'node:assert/strict';
import german from '../../../../nodes/locales/de/storage-node.json';
import catalog from '../../../../nodes/locales/en-US/storage-node.json';
import { ToxAsyncError } from '../../../../lib/index';
import { failureWords as inEditor } from '../../../../nodes/editor/failure-words';
import { failureWords, spoken } from '../../../../nodes/runtime/failures/failure-words';
import { takeApart } from '../../../../nodes/runtime/failures/take-apart';
import { WITHOUT_CATALOGS, wordsIn } from '../../support/words';

const TEXTS: Readonly<Record<string, string>> = catalog['storage-node'].failure.text;

const filled = (text: string) => text.replace(/__(\w+?)__/g, (_blank, name: string) => `<${name}>`);

describe('An error that the runtime is told of', () => {
  const error = new ToxAsyncError('ErrNotConfigured', 'The proxy port must be a number from 1 to 65535.');

  it('is the error itself in English, and where there is no catalog or it fails', async () => {
    const failing = {
      _: () => {
        throw new Error('a fault');
      },
    };
    for (const language of ['en-US', 'fr']) assert.equal(spoken(await wordsIn(language), error), error);
    for (const words of [WITHOUT_CATALOGS, failing]) assert.equal(spoken(words, error), error);
  });

  it('speaks German to a German runtime, has the same code, and brings the one that was made', async () => {
    const said = spoken(await wordsIn('de'), error);
    assert.equal(said.message, 'Der Port des Proxys muss eine Zahl von 1 bis 65535 sein.');
    assert.ok(ToxAsyncError.is(said, 'ErrNotConfigured'));
    assert.ok(Object.hasOwn(said, 'code'), 'the runtime copies only a code of its own');
    assert.equal(said.cause, error);
  });

  it('speaks German in every text, with the same names and numbers', async () => {
    const words = await wordsIn('de');
    for (const [key, text] of Object.entries(TEXTS)) {
      const sentence = filled(text);
      const said = failureWords(words, sentence);
      assert.notEqual(said, sentence);
      assert.doesNotMatch(said, /__/);
      for (const [part] of sentence.matchAll(/<\w+>/g)) assert.ok(said.includes(part), `${key}: ${part}`);
    }
  });

  it('is quoted in English under a German word for its code when it has no text', async () => {
    const { message } = spoken(await wordsIn('de'), new ToxAsyncError('ErrStore', 'Something new failed.'));
    assert.match(message, /^Der Speicher im Datenordner versagt\. .*: Something new failed\.$/);
  });

  it('that is not of this package is left alone', async () => {
    const other = new TypeError('x is not a function');
    assert.equal(spoken(await wordsIn('de'), other), other);
  });
});

describe('A fault in the editor', () => {
  const find = (key: string, params: Readonly<Record<string, string>>) => {
    const name = key.replace('node-red-contrib-tox-async/storage-node:storage-node.failure.text.', '');
    const text = (german['storage-node'].failure.text as Readonly<Record<string, string>>)[name];
    return text === undefined
      ? key
      : text.replace(/__(\w+?)__/g, (_blank, each: string) => params[each] ?? '');
  };

  it("is said in the editor's language, whatever that of the runtime is", () => {
    const text = 'The proxy must be text.';
    assert.equal(inEditor({ text, said: takeApart(text) }, find), 'Der Proxy muss Text sein.');
  });

  it('is said as the runtime did where the editor has no text', () => {
    const said = { key: 'text.newer', params: {} };
    assert.equal(inEditor({ text: 'Newer.', said }, find), 'Newer.');
    assert.equal(inEditor({ text: 'Nothing known.' }, find), 'Nothing known.');
  });
});
