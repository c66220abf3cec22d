import assert from 'node:assert/strict';
import { sessionSettings, type StorageNodeConfig } from '../../../nodes/storage-node/storage-node-settings';

describe('What a storage-node does about open nodes that friends name', () => {
  const settingsOf = (befriendOpenNodes?: boolean | string) => {
    const config: StorageNodeConfig = { id: 'node', type: 'storage-node', name: 'Ann', z: '' };
    const chosen = befriendOpenNodes === undefined ? config : { ...config, befriendOpenNodes };
    return sessionSettings(chosen, {}, '/home/ann/.node-red', {});
  };

  it('is nothing but to suggest them, unless the dialog or a variable says otherwise', () => {
    const befriends = [undefined, false, '', 'false', true, 'true'].map(
      (value) => settingsOf(value).befriendOpenNodes,
    );
    assert.deepEqual(befriends, [false, false, false, false, true, true]);
  });

  it('is not guessed', () => {
    assert.throws(() => settingsOf('perhaps'), { code: 'ErrNotConfigured' });
    assert.throws(() => settingsOf('${NOT_THERE}'), { code: 'ErrEnvironment' });
  });
});
