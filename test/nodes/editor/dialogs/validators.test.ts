import assert from 'node:assert/strict';
import {
  chooseCryptoProvider,
  formatToxId,
  generateKeyPair,
  systemPlatform,
  toHex,
} from '../../../../lib/index';
import { dialogOf, inBrowser, jQueryOf } from '../../support/browser-globals';

const key = () => generateKeyPair(chooseCryptoProvider(), systemPlatform.random).publicKey;
const TEXT = {
  id: 'n',
  _: (name: string, values: Record<string, unknown> = {}) =>
    [name.split(/[:.]/).slice(-2).join('.'), ...Object.values(values)].join(' '),
};

/** What the editor is told of a setting: true, or why not. */
function judge(type: string, setting: string, value: unknown, node: object = {}): unknown {
  const { validate } = dialogOf(type).defaults[setting] ?? {};
  return inBrowser(jQueryOf(), () => validate?.call({ ...TEXT, ...node }, value, {}));
}

describe('The friends of a session, in its dialog', () => {
  const [ann, bob] = [key(), key()];
  const of = (...friends: object[]) => judge('storage-node', 'friends', friends);

  it('are fine with keys, Tox IDs and variables', () => {
    const toxId = formatToxId(bob, Uint8Array.of(0, 0, 0, 0));
    assert.equal(of({ name: 'Ann', key: toHex(ann) }, { name: 'Bob', key: toxId }), true);
    assert.equal(of({ name: '${A}', key: '${B}' }, { name: '${A}', key: '${B}' }), true);
    assert.equal(of(), true);
  });

  it('are not when a key is wrong or missing, and it says which and why', () => {
    assert.equal(of({ name: 'Ann', key: 'abcd' }), 'error.friend Ann error.digits 4');
    assert.equal(of({ name: 'Ann', key: '' }), 'error.friend Ann error.noKey');
  });

  it('are not when two have one key or one name', () => {
    const toxId = formatToxId(ann, Uint8Array.of(0, 0, 0, 0));
    assert.equal(of({ name: 'Ann', key: toHex(ann) }, { name: 'A.', key: toxId }), 'error.sameKey A. Ann');
    assert.equal(
      of({ name: 'Ann', key: toHex(ann) }, { name: 'Ann', key: toHex(bob) }),
      'error.sameName Ann',
    );
  });
});

describe('Other settings of a dialog', () => {
  it('say when nobody is on the list of those who are accepted', () => {
    const allowed = (value: string, node: object) => judge('storage-node', 'allowed', value, node);
    assert.equal(allowed('', { admission: 'list' }), 'error.noneAllowed');
    assert.equal(allowed('${ALLOWED}', { admission: 'list' }), true);
    assert.equal(allowed(toHex(key()), { admission: 'list' }), true);
    assert.equal(allowed('abcd', { admission: 'list' }), 'abcd…: error.digits 4');
    assert.equal(allowed('', { admission: 'manual' }), true);
  });

  it('say when a virtual network has no name', () => {
    assert.equal(judge('tox-transport', 'network', ' ', { mode: 'virtual' }), 'error.network');
    assert.equal(judge('tox-transport', 'network', '', { mode: 'libtoxcore' }), true);
    assert.equal(judge('tox-transport', 'network', 'home', { mode: 'virtual' }), true);
  });

  it('say when a key in place of a name is wrong', () => {
    for (const type of ['send-async', 'receive-async', 'prekey-exchange']) {
      const friend = (value: string) => judge(type, 'friend', value, { friendType: 'friend' });
      assert.equal(friend('a'.repeat(62)), 'error.digits 62', type);
      assert.match(String(friend('a'.repeat(76))), /^(true|error\.checksum 76)$/, type);
      for (const fine of ['', 'Ann', '${FRIEND}', toHex(key())]) assert.equal(friend(fine), true, type);
    }
    assert.equal(judge('send-async', 'friend', 'a'.repeat(62), { friendType: 'flow' }), true);
  });

  it('say when a topic filter is none, and when no session is chosen', () => {
    assert.equal(judge('receive-async', 'topic', 'a/#/b'), 'error.topic');
    assert.equal(judge('receive-async', 'topic', 'a/+/#'), true);
    assert.equal(judge('receive-async', 'storageNode', '', { sessions: 'this' }), 'error.session');
    assert.equal(judge('receive-async', 'storageNode', '', { sessions: 'all' }), true);
  });

  it('say when a span of time is none, in its unit', () => {
    const expires = (value: string, expiresType: string) =>
      judge('send-async', 'expires', value, { expiresType });
    assert.equal(expires('14', 'days'), true);
    assert.equal(expires('15', 'days'), 'error.expires');
    assert.equal(expires('15', 'hours'), true);
    assert.equal(expires('soon', 'time'), 'error.expires');
    assert.equal(expires('soon', 'flow'), true);
  });
});

describe('The label of a node without a name', () => {
  const label = (type: string, node: object) => {
    const sessions = new Map([['s', { name: 'Sensor' }]]);
    return inBrowser(jQueryOf(), () => dialogOf(type).label.call({ ...TEXT, ...node }), sessions);
  };

  it('says who', () => {
    assert.equal(label('send-async', { friend: 'Laptop', friendType: 'friend' }), '-> Laptop');
    assert.equal(label('send-async', { friend: '', friendType: 'friend' }), '-> msg.friend');
    assert.equal(label('send-async', { friend: 'who', friendType: 'flow' }), '-> flow.who');
    assert.equal(label('send-async', { friend: 'A'.repeat(64) }), '-> AAAAAAAA…');
    assert.equal(label('receive-async', { friend: '' }), 'from.any ');
    assert.equal(label('receive-async', { friend: 'Ann' }), 'from.friend Ann');
    const transport = { storageNode: 's', mode: 'virtual', network: 'virtual' };
    assert.equal(label('tox-transport', transport), 'on.session Sensor virtual');
    assert.equal(label('tox-transport', { ...transport, mode: 'libtoxcore' }), 'on.session Sensor Tox');
    assert.equal(label('prekey-exchange', { friend: '', storageNode: 's' }), 'keys.friend Sensor');
    assert.equal(label('send-async', { name: 'alarm', friend: 'Ann' }), 'alarm');
  });
});
