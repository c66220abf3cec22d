import assert from 'node:assert/strict';
import { Preferences } from '../../../lib/manager/preferences';
import { MemoryVolume, openMemoryStore } from '../../../lib/testing/memory-store';

describe('Preferences', () => {
  it('keep any JSON that an application gives, under the name alone', async () => {
    const volume = new MemoryVolume();
    const store = openMemoryStore(volume);
    const preferences = new Preferences(store);
    let deep: object = {};
    for (let i = 0; i < 2000; i += 1) deep = { deep };
    const values = {
      mode: 'online',
      'mode-before': ['x\ud83d', null, 0.5],
      other: JSON.parse('{"__proto__": {"a": 1}}') as object,
      deep,
    };
    for (const [name, value] of Object.entries(values)) await preferences.set(name, value);
    await store.close();
    const again = new Preferences(openMemoryStore(volume));
    for (const [name, value] of Object.entries(values))
      assert.equal(JSON.stringify(again.get(name)), JSON.stringify(value));
    assert.equal(again.get('mod'), undefined);
    await again.set('mode', undefined);
    assert.equal(again.get('mode'), undefined);
  });
});
