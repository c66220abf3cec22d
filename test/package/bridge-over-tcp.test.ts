import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compileFunction } from 'node:vm';
import { EditorComms } from '../../scripts/demo/editor-comms';
import { NodeRedProcess } from '../../scripts/support/node-red/node-red-process';
import { ROOT } from '../../scripts/support/project';

interface Entry {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly storageNode?: string;
  readonly func?: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
}

const EXAMPLE = path.join(ROOT, 'examples/22-bridge-over-tcp.json');
/** What a process needs of the example: tabs, with the sessions that their nodes use. */
function tabs(flow: readonly Entry[], ...wanted: string[]): Entry[] {
  const nodes = flow.filter(({ id, z = id }) => wanted.includes(z));
  const sessions = new Set(nodes.map(({ storageNode }) => storageNode));
  return [...nodes, ...flow.filter(({ id }) => sessions.has(id))];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A Node-RED with some tabs of the example, seen as in the editor. */
class Party {
  private constructor(
    readonly red: NodeRedProcess,
    readonly comms: EditorComms,
  ) {}

  static async start(userDir: string, flow: readonly Entry[]): Promise<Party> {
    const settings = { nodesDir: [ROOT], safeMode: true, socketReconnectTime: 500 };
    const red = await NodeRedProcess.start({ userDir, settings });
    try {
      const comms = await EditorComms.connect(red.url);
      await red.deploy(flow);
      return new Party(red, comms);
    } catch (error) {
      await red.kill();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.comms.close();
    await this.red.stop();
  }
}

describe('A transport made of core nodes, over TCP between two Node-REDs', function () {
  this.timeout(180_000);
  let folder: string;
  let flow: Entry[];
  let home: Party | undefined;
  let phone: Party | undefined;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tox-async-bridge-'));
    const port = String(await freePort());
    flow = (JSON.parse(await readFile(EXAMPLE, 'utf8')) as Entry[]).map((entry) =>
      entry.env === undefined
        ? entry
        : {
            ...entry,
            env: entry.env.map((each) => (each.name === 'PORT' ? { ...each, value: port } : each)),
          },
    );
  });

  after(async () => {
    await phone?.stop();
    await home?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const startPhone = () => Party.start(path.join(folder, 'phone'), tabs(flow, 'bt-phone'));

  it('delivers an alert to a phone whose Node-RED was stopped, after the sender is gone', async () => {
    home = await Party.start(path.join(folder, 'home'), tabs(flow, 'bt-hub', 'bt-device'));
    phone = await startPhone();
    await home.comms.badge('bt-device-bridge', '100 keys');
    await home.comms.badge('bt-pi-bridge', '100 keys');
    await phone.comms.badge('bt-phone-bridge', '100 keys');

    await phone.stop();
    phone = undefined;
    await home.comms.badge('bt-device-session', 'online 1/2');
    await home.red.request('/inject/bt-leak', { method: 'POST' });
    assert.equal(await home.comms.nth('bt-outcome', 1), 'stored');
    await home.red.deploy(tabs(flow, 'bt-hub'));

    phone = await startPhone();
    const alert = (await phone.comms.nth('bt-alert', 1)) as Record<string, unknown>;
    assert.deepEqual(
      [alert.payload, alert.via, alert.friendName],
      ['Water in the cellar', 'stored', 'Device'],
    );

    await home.red.deploy(tabs(flow, 'bt-hub', 'bt-device'));
    assert.equal(await home.comms.nth('bt-outcome', 2), 'delivered');
    assert.equal(phone.comms.shown('bt-alert').length, 1);
    for (const part of ['hub', 'device']) assert.deepEqual(home.comms.shown(`bt-${part}-errors`), []);
    assert.deepEqual(phone.comms.shown('bt-phone-errors'), []);
  });

  it('lets nobody from another machine join', () => {
    const hub = flow.find(({ id }) => id === 'bt-hub-fn');
    const run = compileFunction(hub?.func ?? '', ['msg', 'context']) as (
      msg: object,
      context: object,
    ) => unknown;
    const clients = {};
    const says = (ip: string) =>
      run(
        { ip, _session: { type: 'tcp', id: ip }, payload: JSON.stringify({ sync: 's', self: ip, name: ip }) },
        { get: () => clients },
      );
    for (const ip of ['192.168.1.7', '::ffff:10.0.0.1', 'fe80::1', '1127.0.0.1', '::1:2']) {
      assert.deepEqual(says(ip), { _session: { type: 'tcp', id: ip }, reset: true });
    }
    assert.deepEqual(clients, {});
    for (const ip of ['127.0.0.1', '::ffff:127.0.0.1', '::1']) says(ip);
    assert.equal(Object.keys(clients).length, 3);
  });

  it('is the one that docs/WIRING.md shows', async () => {
    const page = await readFile(path.join(ROOT, 'docs/WIRING.md'), 'utf8');
    const shown = [...page.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code = '']) => code.trim());
    const functions = flow.filter(({ type }) => type === 'function');
    assert.equal(functions.length, 7);
    for (const { id, func = '' } of functions) assert.ok(shown.includes(func.trim()), id);
  });
});
