import assert from 'node:assert/strict';
import { migrate, type Forms, type NodeSettings } from '../../../../nodes/runtime/settings/migrate';
import { warnOfOldNames } from '../../../../nodes/runtime/settings/old-names';
import { RECEIVE_ASYNC } from '../../../../nodes/receive-async/migrations';
import { SEND_ASYNC } from '../../../../nodes/send-async/migrations';
import { wordsIn, WITHOUT_CATALOGS } from '../../support/words';

describe('Settings of an older version', () => {
  const forms: Forms = {
    steps: [
      (settings) => ({ ...settings, path: `${String(settings.path)}a` }),
      (settings) => ({ ...settings, path: `${String(settings.path)}b` }),
    ],
  };
  const never = () => assert.fail('no name is old');

  it('pass the steps that they have not had, in order', () => {
    assert.deepEqual(migrate<NodeSettings>(forms, { path: '' }, never), { path: 'ab', version: 3 });
    assert.deepEqual(migrate(forms, { path: '', version: 1 }, never), { path: 'ab', version: 3 });
    assert.deepEqual(migrate(forms, { path: '', version: 2 }, never), { path: 'b', version: 3 });
  });

  it('stay as they are when they are of this version, a newer one or none that is known', () => {
    for (const version of [3, 4, 0, 'x']) {
      const settings = { path: '', version };
      assert.equal(migrate(forms, settings, never), settings);
    }
  });

  it('are not changed themselves', () => {
    const settings: NodeSettings = Object.freeze({ path: '' });
    migrate(forms, settings, never);
    assert.deepEqual(settings, { path: '' });
  });
});

/** No node has a renamed setting so far: these are made up. */
describe('A setting under an old name', () => {
  const forms: Forms = { steps: [(settings) => ({ ...settings, isNew: true })], renamed: { ttl: 'expires' } };
  const taken = (settings: NodeSettings) => {
    const told: string[] = [];
    const result = migrate(forms, settings, (old, name) => told.push(`${old} -> ${name}`));
    return { result, told };
  };

  it('is taken under the new one in every form, and told once', () => {
    for (const version of [2, 3]) {
      const { result, told } = taken(Object.freeze({ version, ttl: '60' }));
      assert.deepEqual(result, { version, expires: '60' });
      assert.deepEqual(told, ['ttl -> expires']);
    }
    const { result } = taken({ ttl: '60' });
    assert.deepEqual(result, { version: 2, expires: '60', isNew: true });
  });

  it('counts only where the new one says nothing, and is gone in any case', () => {
    assert.deepEqual(taken({ version: 2, ttl: '60', expires: '' }).result, { version: 2, expires: '60' });
    const { result, told } = taken({ version: 2, ttl: '60', expires: '5' });
    assert.deepEqual(result, { version: 2, expires: '5' });
    assert.equal(told.length, 1);
  });

  it('makes the node warn, in the language of the runtime', async () => {
    const warnings: string[] = [];
    const node = { type: 'send-async', warn: (text: string) => void warnings.push(text) };
    // There is one i18n, which speaks one language at a time.
    warnOfOldNames(WITHOUT_CATALOGS, node)('ttl', 'expires');
    for (const language of ['en-US', 'de']) warnOfOldNames(await wordsIn(language), node)('ttl', 'expires');
    const [plain, english, german] = warnings;
    assert.equal(plain, english);
    assert.match(english ?? '', /^The setting ttl of send-async is now called expires\./);
    assert.match(german ?? '', /^Die Einstellung ttl von send-async heißt jetzt expires\./);
  });
});

describe('send-async of version 1', () => {
  const migrated = (settings: object) => {
    const { version, ...rest } = migrate<NodeSettings>(
      SEND_ASYNC,
      { version: 1, ...settings },
      () => undefined,
    );
    assert.equal(version, 2);
    return rest;
  };
  const LEFT = {
    payload: 'payload',
    payloadType: 'msg',
    friend: '',
    friendType: 'friend',
    topic: 'topic',
    topicType: 'msg',
    expires: '',
    expiresType: 'usual',
    overdueAfter: '',
    overdueAfterType: 'usual',
    replaces: '',
    replacesType: 'usual',
  };

  it('leaves to the message what it left to the message', () => {
    assert.deepEqual(migrated({}), LEFT);
    assert.deepEqual(migrated({ friend: '', topic: '', expires: '', overdueAfter: '', replaces: '' }), LEFT);
  });

  it('keeps what was typed in, with its type', () => {
    const own = { friend: 'Bob', topic: 'garden', overdueAfter: 60, replaces: 'reading', compress: 'off' };
    for (const [expires, expiresType] of [
      ['120', 'seconds'],
      [120, 'seconds'],
      ['2030-01-31T12:00:00Z', 'time'],
    ]) {
      const types = { topicType: 'str', expiresType, overdueAfterType: 'seconds', replacesType: 'str' };
      assert.deepEqual(migrated({ ...own, expires }), { ...LEFT, ...own, ...types, expires });
    }
  });

  it('keeps variables of the environment, and types that are there already', () => {
    const { friend, topic, expires, expiresType } = migrated({
      friend: '${FRIEND}',
      topic: '${TOPIC}',
      expires: '${EXPIRES}',
    });
    assert.deepEqual([friend, topic, expires, expiresType], ['${FRIEND}', '${TOPIC}', 'EXPIRES', 'env']);
    const { topic: own, topicType } = migrated({ topic: '', topicType: 'str' });
    assert.deepEqual([own, topicType], ['', 'str']);
  });
});

describe('receive-async of version 1', () => {
  it('takes all topics of its session as they were sent', () => {
    const more = { version: 2, sessions: 'this', topic: '', format: 'auto' };
    const migrated = migrate<NodeSettings>(RECEIVE_ASYNC, { friend: 'Ann' }, () => undefined);
    assert.deepEqual(migrated, { friend: 'Ann', ...more });
  });
});
