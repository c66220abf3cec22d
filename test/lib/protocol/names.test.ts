import assert from 'node:assert/strict';
import { CODE, codeWord, isReceiptCode, type CodeWord } from '../../../lib/protocol/codes';
import { mailboxOf, nodeHint, prekeyTag, preKeyId, storageIdOf } from '../../../lib/protocol/names';
import { bytes, crypto, P, R, S } from './support/fixtures';

describe('names on the wire', () => {
  it('have their sizes', () => {
    assert.equal(mailboxOf(crypto, R.publicKey).length, 32);
    assert.equal(prekeyTag(crypto, P.publicKey).length, 16);
    assert.equal(storageIdOf(crypto, new Uint8Array(287)).length, 16);
    assert.equal(nodeHint(crypto, R.publicKey, S.publicKey).length, 8);
  });

  it('call an envelope by the first half of its SHA-256', () => {
    assert.deepEqual(storageIdOf(crypto, bytes('616263')), bytes('ba7816bf8f01cfea414140de5dae2223'));
  });

  it('say the same key in different roles differently', () => {
    const tag = prekeyTag(crypto, R.publicKey);
    assert.notDeepEqual(mailboxOf(crypto, R.publicKey).slice(0, 16), tag);
    assert.notDeepEqual(
      nodeHint(crypto, R.publicKey, S.publicKey),
      nodeHint(crypto, S.publicKey, R.publicKey),
    );
  });

  it('keep a pre-key id unsigned up to the last batch', () => {
    assert.equal(preKeyId(0x010203, 104), 0x01020368);
    assert.equal(preKeyId(0xffffff, 1), 0xffffff01);
  });
});

describe('codes', () => {
  it('have the numbers of docs/PROTOCOL.md', () => {
    const words =
      'ok known mailbox-share node-full node-share rate bad-request not-yours off not-found no-mailbox ' +
      'unknown-tag forged malformed unsupported busy bad-mac batch-in-use no-room incomplete';
    assert.deepEqual(
      Object.entries(CODE),
      words.split(' ').map((word, number) => [word, number]),
    );
  });

  it('lead from number to word and nowhere else', () => {
    for (const [word, number] of Object.entries(CODE)) assert.equal(codeWord(number), word);
    for (const number of [20, 255, -1, 0.5]) assert.equal(codeWord(number), undefined);
  });

  it('are receipts only when they end a message', () => {
    const words = (Object.keys(CODE) as CodeWord[]).filter(isReceiptCode);
    assert.deepEqual(words, ['ok', 'forged', 'malformed', 'unsupported', 'incomplete']);
  });
});
