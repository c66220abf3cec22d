import assert from 'node:assert/strict';
import { migrate, type NodeSettings, type Step } from '../../../../nodes/runtime/settings/migrate';
import { RECEIVE_ASYNC } from '../../../../nodes/receive-async/migrations';
import { SEND_ASYNC } from '../../../../nodes/send-async/migrations';

describe('Settings of an older version', () => {
  const steps: Step[] = [
    (settings) => ({ ...settings, path: `${String(settings.path)}a` }),
    (settings) => ({ ...settings, path: `${String(settings.path)}b` }),
  ];

  it('pass the steps that they have not had, in order', () => {
    assert.deepEqual(migrate<NodeSettings>(steps, { path: '' }), { path: 'ab', version: 3 });
    assert.deepEqual(migrate(steps, { path: '', version: 1 }), { path: 'ab', version: 3 });
    assert.deepEqual(migrate(steps, { path: '', version: 2 }), { path: 'b', version: 3 });
  });

  it('stay as they are when they are of this version, a newer one or none that is known', () => {
    for (const version of [3, 4, 0, 'x']) {
      const settings = { path: '', version };
      assert.equal(migrate(steps, settings), settings);
    }
  });

  it('are not changed themselves', () => {
    const settings: NodeSettings = Object.freeze({ path: '' });
    migrate(steps, settings);
    assert.deepEqual(settings, { path: '' });
  });
});

describe('send-async of version 1', () => {
  const migrated = (settings: object) => {
    const { version, ...rest } = migrate<NodeSettings>(SEND_ASYNC, { version: 1, ...settings });
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
    assert.deepEqual(migrate<NodeSettings>(RECEIVE_ASYNC, { friend: 'Ann' }), { friend: 'Ann', ...more });
  });
});
