import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { NodeRedProcess } from '../../scripts/support/node-red/node-red-process';
import { CACHE, ROOT } from '../../scripts/support/project';

const USER_DIR = path.join(CACHE, 'admin-test');
const PASSWORD = 'only for this test';
/** bcrypt of it, 8 rounds. */
const HASH = '$2b$08$RcUBLAbyqHsyJ5i7geHwpOP238Xw8jSd.69QS6vjzwcVmFqaxyqli';

const FLOW = [
  { id: 'tab', type: 'tab', label: 'test' },
  { id: 'home', type: 'storage-node', name: 'Home', friends: [], role: 'friends', cap: 64, engine: 'auto' },
  {
    id: 'net',
    type: 'tox-transport',
    z: 'tab',
    storageNode: 'home',
    mode: 'virtual',
    x: 0,
    y: 0,
    wires: [[]],
  },
];

const users = { writer: '*', reader: 'read', prometheus: 'tox-async.read', stranger: 'flows.read' };

describe('The admin routes in a Node-RED with a login', function () {
  this.timeout(120_000);
  let red: NodeRedProcess;
  const tokens = new Map<string, string>();

  before(async () => {
    await rm(USER_DIR, { recursive: true, force: true });
    const list = Object.entries(users).map(([username, permissions]) => ({
      username,
      password: HASH,
      permissions,
    }));
    red = await NodeRedProcess.start({
      userDir: USER_DIR,
      settings: { nodesDir: [ROOT], adminAuth: { type: 'credentials', users: list } },
    });
    for (const [username, scope] of Object.entries(users)) {
      const response = await red.request('/auth/token', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          client_id: 'node-red-admin',
          grant_type: 'password',
          scope,
          username,
          password: PASSWORD,
        }),
      });
      const { access_token: token } = (await response.json()) as { access_token: string };
      tokens.set(username, token);
    }
    const response = await ask('writer', '/flows', { method: 'POST', body: JSON.stringify(FLOW) });
    assert.equal(response, 204);
    await red.waitForLog(/Started flows/, { from: 1 });
    // A session opens after that.
    while ((await ask('writer', '/tox-async/sessions/home')) === 404) await setTimeout(50);
  });

  after(async () => {
    await red.stop();
    await rm(USER_DIR, { recursive: true, force: true });
  });

  /** The status of the answer. @param user '' for nobody */
  async function ask(user: string, pathname: string, init: RequestInit = {}): Promise<number> {
    const token = tokens.get(user);
    const headers = {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    return (await fetch(red.url + pathname, { ...init, headers })).status;
  }

  const READS = ['sessions', 'sessions/home', 'sessions/home/qr', 'metrics'].map(
    (route) => `/tox-async/${route}`,
  );
  const order = { method: 'POST', body: '{}' };
  const RETRIEVE = '/tox-async/sessions/home/actions/retrieve';

  for (const route of READS) {
    it(`${route} is for those who may read, and for nobody else`, async () => {
      const all = ['writer', 'reader', 'prometheus', 'stranger', ''];
      assert.deepEqual(await Promise.all(all.map((user) => ask(user, route))), [200, 200, 200, 401, 401]);
    });
  }

  it('orders are for those who may write, and for nobody else', async () => {
    const all = ['writer', 'reader', 'prometheus', 'stranger', ''];
    const answers = await Promise.all(all.map((user) => ask(user, RETRIEVE, order)));
    assert.deepEqual(answers, [200, 401, 401, 401, 401]);
  });
});
