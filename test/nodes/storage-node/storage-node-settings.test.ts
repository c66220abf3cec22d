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

describe('The place where a storage-node keeps mail for others', () => {
  const url = 'postgresql://tox:secret@db/mail';
  const settingsOf = (more: Partial<StorageNodeConfig>, database: unknown = url) => {
    const config: StorageNodeConfig = { id: 'node', type: 'storage-node', name: 'Ann', z: '', ...more };
    return sessionSettings(config, { database }, '/home/ann/.node-red', {}).mailDatabase;
  };

  it('is the folder, unless the dialog says otherwise', () => {
    assert.equal(settingsOf({}), undefined);
    assert.equal(settingsOf({ mailPlace: '' }), undefined);
    assert.equal(settingsOf({ mailPlace: 'folder', standbys: 'nonsense' }, ''), undefined);
  });

  it('is the database of the URL, with its schema and its standbys where they are filled in', () => {
    const mailPlace = 'postgresql';
    assert.deepEqual(settingsOf({ mailPlace }), { url, standbys: 0 });
    assert.deepEqual(settingsOf({ mailPlace, schema: 'garden', standbys: '2' }, ` ${url}\n`), {
      url,
      schema: 'garden',
      standbys: 2,
    });
  });

  it('is not guessed, and no error shows the URL', () => {
    const mailPlace = 'postgresql';
    for (const [more, database, code] of [
      [{ mailPlace }, '', 'ErrNotConfigured'],
      [{ mailPlace }, '  ', 'ErrNotConfigured'],
      [{ mailPlace: 'mysql' }, url, 'ErrNotConfigured'],
      [{ mailPlace, standbys: '101' }, url, 'ErrNotConfigured'],
      [{ mailPlace, schema: '${NOT_THERE}' }, url, 'ErrEnvironment'],
    ] as const) {
      assert.throws(
        () => settingsOf(more, database),
        (error: Error & { code?: string }) => error.code === code && !error.message.includes('secret'),
        JSON.stringify(more),
      );
    }
  });
});
