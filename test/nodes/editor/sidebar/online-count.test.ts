import assert from 'node:assert/strict';
import { onlineCount } from '../../../../nodes/editor/sidebar/online-count';

describe('The count beside the friends', () => {
  const asked = { state: 'asked', online: false } as const;

  it('leaves out those who have not answered our request', () => {
    const friends = [
      asked,
      { state: 'online', online: true },
      { state: 'plain', online: true },
      { state: 'away', online: false },
    ] as const;
    assert.deepEqual(onlineCount(friends), { online: 2, friends: 3 });
  });

  it('is not there while nobody has answered', () => {
    assert.equal(onlineCount([asked]), undefined);
    assert.equal(onlineCount([]), undefined);
  });
});
