import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NodeRedProcess } from '../../scripts/support/node-red/node-red-process';
import { CACHE, ROOT } from '../../scripts/support/project';
import type { SessionSummary } from '../../nodes/sidebar/view';

const USER_DIR = path.join(CACHE, 'projects-test');
const SECRETS = path.join(USER_DIR, '.config.projects.json');
const SETTINGS = { nodesDir: [ROOT], editorTheme: { projects: { enabled: true } } };

/** For what takes a second on a quiet machine. */
const LIMIT_MS = 40_000;

const session = (name: string, more: object = {}) => ({
  id: `${name}-session`,
  type: 'storage-node',
  name,
  friends: [],
  role: 'friends',
  cap: 64,
  engine: 'auto',
  ...more,
});
const transport = (name: string) => ({
  id: `${name}-net`,
  type: 'tox-transport',
  z: 'tab',
  storageNode: `${name}-session`,
  mode: 'virtual',
  wires: [[]],
});
/** @param credentials of the session that has a passphrase; without, as an editor sends one that was not touched */
const flow = (credentials?: object) => [
  { id: 'tab', type: 'tab', label: 'test' },
  session('plain'),
  session('sealed', credentials && { credentials }),
  ...['plain', 'sealed'].map(transport),
];

/** With git, as the editor's "Projects" makes them: credentials are encrypted with a secret that git does not have. */
describe('A Node-RED project', function () {
  this.timeout(180_000);
  let red: NodeRedProcess;

  const start = async () => {
    // git wants a name for its commits.
    const env = { HOME: USER_DIR, GIT_CONFIG_NOSYSTEM: '1' };
    red = await NodeRedProcess.start({ userDir: USER_DIR, settings: SETTINGS, env });
  };
  const request = async (method: string, pathname: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    await red.request(pathname, { method, headers, body: JSON.stringify(body) });
  };
  /** What each session is: its Tox ID, or what keeps it from opening. */
  const sessions = async (): Promise<Record<string, string>> => {
    const end = Date.now() + LIMIT_MS;
    while (Date.now() < end) {
      await delay(200);
      const list = (await red.json('/tox-async/sessions')) as SessionSummary[];
      const ended = list.filter(({ state }) => state !== 'opening');
      if (ended.length < 2) continue;
      return Object.fromEntries(
        ended.map(({ name, trouble, toxId }) => [name, trouble?.code ?? toxId ?? '']),
      );
    }
    throw new Error(`The sessions did not open.\n${red.lines.map(({ text }) => text).join('\n')}`);
  };
  /** As when the folder is cloned on another machine, where nobody types the secret in. */
  const changeSecret = async (credentialSecret: string) => {
    const config = JSON.parse(await readFile(SECRETS, 'utf8')) as { projects: Record<string, object> };
    config.projects.home = { credentialSecret };
    await writeFile(SECRETS, JSON.stringify(config));
  };

  before(async () => {
    await rm(USER_DIR, { recursive: true, force: true });
    await mkdir(USER_DIR, { recursive: true });
    await writeFile(path.join(USER_DIR, '.gitconfig'), '[user]\n  name = test\n  email = test@example.org\n');
    await start();
    await request('POST', '/projects', {
      name: 'home',
      summary: 'test',
      credentialSecret: 'the first secret',
      files: { flow: 'flow.json' },
      git: { remotes: {} },
    });
    await red.deploy(flow({ passphrase: 'a passphrase' }));
  });

  after(async () => {
    await red.stop();
    await rm(USER_DIR, { recursive: true, force: true });
  });

  it('keeps every identity when its secret is changed, and when that is lost', async () => {
    const ids = await sessions();
    assert.match(ids.plain ?? '', /^[0-9A-F]{76}$/);
    assert.match(ids.sealed ?? '', /^[0-9A-F]{76}$/);

    const changed = { credentialSecret: 'the second secret', currentCredentialSecret: 'the first secret' };
    await request('PUT', '/projects/home', changed);
    await red.stop();
    await start();
    assert.deepEqual(await sessions(), ids, 'changed, and started again');

    await red.stop();
    await changeSecret('another one');
    await start();
    assert.deepEqual(
      await red.json('/tox-async/sessions'),
      [],
      'Node-RED starts no flow without its credentials',
    );
    // What the editor offers then: to go on without them.
    await request('PUT', '/projects/home', {
      resetCredentialSecret: true,
      credentialSecret: 'the third secret',
    });
    assert.deepEqual(await sessions(), { plain: ids.plain, sealed: 'ErrPassphrase' });

    await red.deploy(flow({ passphrase: 'a passphrase' }));
    assert.deepEqual(await sessions(), ids, 'the passphrase is typed in again');
  });
});
