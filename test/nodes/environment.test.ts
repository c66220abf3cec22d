import assert from 'node:assert/strict';
import path from 'node:path';
import { chooseCryptoProvider, generateKeyPair, systemPlatform, toHex } from '../../lib/index';
import { node, storageNode, TAB, THREE, transport, WATCH, withChange } from './support/flows';
import { met, NodeRed, sessionOf } from './support/node-red';

const KEY = toHex(generateKeyPair(chooseCryptoProvider(), systemPlatform.random).publicKey);

describe('A flow whose settings come from the environment', () => {
  let red: NodeRed;
  const variables: Record<string, string> = {
    BOX: 'cellar',
    DIR: 'elsewhere',
    ROLE: 'off',
    CAP: '3',
    ENGINE: 'nedb',
    ADMISSION: 'list',
    ALLOWED: KEY,
    BEFRIEND: 'true',
    PASSPHRASE: 'sealed',
    FRIEND_NAME: 'home',
    FRIEND_KEY: KEY,
    MODE: 'virtual',
    NETWORK: 'of the environment',
    AT_START: 'offline',
  };

  before(async () => {
    for (const [name, value] of Object.entries(variables)) process.env[`TOX_${name}`] = value;
    red = await NodeRed.start([TAB, ...WATCH]);
  });

  after(async () => {
    for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, `TOX_${name}`);
    await red.stop();
  });

  it('needs nothing else: session, friends, secrets and network', async () => {
    await red.deploy([
      TAB,
      ...WATCH,
      storageNode('box', {
        name: '${TOX_BOX}',
        dataDir: '${TOX_DIR}',
        role: '${TOX_ROLE}',
        cap: '${TOX_CAP}',
        engine: '${TOX_ENGINE}',
        admission: '${TOX_ADMISSION}',
        allowed: '${TOX_ALLOWED}',
        befriendOpenNodes: '${TOX_BEFRIEND}',
        friends: [{ name: '${TOX_FRIEND_NAME}', key: '${TOX_FRIEND_KEY}' }],
        credentials: { passphrase: '${TOX_PASSPHRASE}' },
      }),
      transport('net', 'box-session', {
        mode: '${TOX_MODE}',
        network: '${TOX_NETWORK}',
        atStart: '${TOX_AT_START}',
      }),
    ]);
    const { settings } = sessionOf(red, 'box-session');
    assert.deepEqual(settings, {
      name: 'cellar',
      dataDir: path.join(red.userDir, 'elsewhere'),
      storageRole: 'off',
      storageCapBytes: 3_000_000,
      engine: 'nedb',
      admission: { kind: 'list', allowed: [KEY] },
      befriendOpenNodes: true,
      friends: [{ name: 'home', key: KEY }],
      passphrase: 'sealed',
    });
    await red.status('statuses', 'net', 'offline');
    assert.deepEqual(red.probes.all('errors'), []);
  });
});

describe('A subflow with parameters', () => {
  let red: NodeRed;
  const use = (id: string, friend: string, minutes: number) => ({
    id,
    type: 'subflow:alert',
    z: 'tab',
    x: 0,
    y: 0,
    env: [
      { name: 'WHO', type: 'str', value: friend },
      { name: 'MINUTES', type: 'num', value: String(minutes) },
      { name: 'PLACE', type: 'json', value: '["cellar", 1]' },
    ],
    wires: [['receipts']],
  });
  const flow = [
    ...withChange(THREE, 'receive', { sessions: 'all', format: 'auto' }),
    {
      id: 'alert',
      type: 'subflow',
      name: 'alert',
      in: [{ x: 0, y: 0, wires: [{ id: 'inner' }] }],
      out: [{ x: 0, y: 0, wires: [{ id: 'inner', port: 0 }] }],
      env: [{ name: 'WHO', type: 'str', value: 'nobody' }],
    },
    {
      ...node('send-async', 'inner', 'device-session', {
        version: 2,
        friend: '${WHO}',
        friendType: 'friend',
        payload: 'PLACE',
        payloadType: 'env',
        expires: '${MINUTES}',
        expiresType: 'minutes',
        wires: [[], []],
      }),
      z: 'alert',
    },
    use('to-phone', 'phone', 2),
    use('to-home', 'home', 60),
  ];

  before(async () => {
    red = await NodeRed.start(flow);
    await met(red, 'device-session', 'phone-session', 'home-session');
  });

  after(() => red.stop());

  it('sends as each use of it says, with values of the types that it gives', async () => {
    for (const [id, friend, seconds] of [
      ['to-phone', 'phone', 120],
      ['to-home', 'home', 3_600],
    ] as const) {
      red.send(id, { _msgid: id, payload: 'not this' });
      const { payload } = await red.wait('received', (msg) => msg.session === friend);
      assert.deepEqual(payload, ['cellar', 1]);
      const { receipt } = await red.wait('receipts', ({ _msgid }) => _msgid === id);
      assert.equal(Math.round((receipt.expiresAt - receipt.createdAt) / 1000), seconds);
    }
  });
});
