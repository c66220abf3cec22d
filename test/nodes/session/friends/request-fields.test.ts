import assert from 'node:assert/strict';
import { requestFields } from '../../../../nodes/session/friends/request-fields';

describe('a friend request as a message for the flow', () => {
  it('says who asks and what they wrote, and how many before it were left out, if any were', () => {
    const friend = new Uint8Array(32);
    const message = { topic: 'tox/request', payload: 'Hi', friend: '00'.repeat(32) };
    assert.deepEqual(requestFields({ friend, text: 'Hi', leftOut: 0 }), message);
    assert.deepEqual(requestFields({ friend, text: 'Hi', leftOut: 3 }), { ...message, leftOut: 3 });
  });
});
