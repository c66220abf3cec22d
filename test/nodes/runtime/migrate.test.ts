import assert from 'node:assert/strict';
import { migrate, type NodeSettings, type Step } from '../../../nodes/runtime/migrate';
import { SEND_ASYNC } from '../../../nodes/send-async/migrations';

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
    const { version, ...rest } = migrate(SEND_ASYNC, { version: 1, ...settings });
    assert.equal(version, 2);
    return rest;
  };
  const USUAL = { payload: 'payload', payloadType: 'msg', friendType: 'friend', overdueAfterType: 'usual' };

  it('leaves to the message what it left to the message', () => {
    assert.deepEqual(migrated({ friend: '', topic: '', expires: '' }), {
      ...USUAL,
      friend: '',
      topic: 'topic',
      topicType: 'msg',
      expires: '',
      expiresType: 'usual',
    });
  });

  it('keeps what was typed in, with its type', () => {
    const own = { friend: 'Bob', topic: 'garden', messageType: 'action', compress: 'off' };
    for (const [expires, expiresType] of [
      ['120', 'seconds'],
      [120, 'seconds'],
      ['2030-01-31T12:00:00Z', 'time'],
    ]) {
      const types = { ...USUAL, topicType: 'str', expiresType, overdueAfterType: 'seconds' };
      assert.deepEqual(migrated({ ...own, expires, overdueAfter: 60 }), {
        ...own,
        ...types,
        expires,
        overdueAfter: 60,
      });
    }
  });

  it('keeps variables of the environment', () => {
    const { friend, topic, expires, expiresType } = migrated({
      friend: '${FRIEND}',
      topic: '${TOPIC}',
      expires: '${EXPIRES}',
    }) as Record<string, unknown>;
    assert.deepEqual([friend, topic, expires, expiresType], ['${FRIEND}', '${TOPIC}', 'EXPIRES', 'env']);
  });
});
