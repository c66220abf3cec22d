import assert from 'node:assert/strict';
import { utf8 } from '../../../../lib/bytes';
import { MAX_MESSAGE_SIZE } from '../../../../lib/constants';
import { checkContent, judgeContent } from '../../../../lib/protocol/envelope/content';
import { PLAIN_TYPE } from '../../../../lib/protocol/envelope/message-types';
import { filled, throwsCode } from '../support/fixtures';

const notText = new Uint8Array([0xff]);

describe('the content of a message', () => {
  it('may be sealed up to the longest, a text as UTF-8 and other types as any bytes', () => {
    for (const type of [PLAIN_TYPE.normal, PLAIN_TYPE.action]) {
      checkContent({ type, data: utf8('ä') });
      checkContent({ type, data: filled(MAX_MESSAGE_SIZE, 0x61) });
      throwsCode(() => checkContent({ type, data: notText }), 'ErrMalformed');
    }
    checkContent({ type: PLAIN_TYPE.keys, data: notText });
  });

  it('is never empty, longer than the longest, or of a type that is no byte', () => {
    const data = utf8('leak');
    throwsCode(() => checkContent({ type: 0, data: new Uint8Array() }), 'ErrMessageEmpty');
    throwsCode(
      () => checkContent({ type: 0, data: filled(MAX_MESSAGE_SIZE + 1, 0x61) }),
      'ErrMessageTooLarge',
    );
    for (const type of [-1, 256, 0.5, NaN])
      throwsCode(() => checkContent({ type, data }), 'ErrInvalidArgument');
  });

  it('of a friend is taken when its type is known and a text is UTF-8, even when it is empty', () => {
    assert.equal(judgeContent({ type: PLAIN_TYPE.normal, data: new Uint8Array() }), 'ok');
    assert.equal(judgeContent({ type: PLAIN_TYPE.receipts, data: notText }), 'ok');
    assert.equal(judgeContent({ type: PLAIN_TYPE.action, data: notText }), 'malformed');
    assert.equal(judgeContent({ type: 0x7f, data: utf8('leak') }), 'unsupported');
  });
});
