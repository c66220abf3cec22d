import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { NodeRedProcess } from '../../scripts/support/node-red/node-red-process';
import { CACHE, ROOT } from '../../scripts/support/project';
import type { SessionView } from '../../nodes/sidebar/view';

const http = (id: string, url: string, to: string) => ({
  id,
  type: 'http in',
  z: 'tab',
  url,
  method: 'get',
  wires: [[to]],
});
const set = (id: string, rule: object, to: string) => ({
  id,
  type: 'change',
  z: 'tab',
  rules: [{ t: 'set', ...rule }],
  wires: [[to]],
});

/** Two nodes that have something to say: one without a session, and one whose session has no transport. */
const FLOW = [
  { id: 'tab', type: 'tab', label: 'test' },
  { id: 'home', type: 'storage-node', name: 'Home', friends: [], role: 'friends', cap: 64, engine: 'auto' },
  { id: 'lost', type: 'receive-async', z: 'tab', storageNode: '', wires: [[]] },
  { id: 'statuses', type: 'status', z: 'tab', scope: ['lost'], wires: [['keep']] },
  set('keep', { p: 'last', pt: 'flow', to: 'status.text', tot: 'msg' }, ''),
  http('ask-status', '/status', 'last'),
  set('last', { p: 'payload', pt: 'msg', to: 'last', tot: 'flow' }, 'out'),
  http('ask-findings', '/findings', 'order'),
  set('order', { p: 'action', pt: 'msg', to: 'status', tot: 'str' }, 'keys'),
  { id: 'keys', type: 'prekey-exchange', z: 'tab', storageNode: 'home', wires: [[], ['out']] },
  { id: 'out', type: 'http response', z: 'tab', wires: [] },
];

const SAID = {
  'en-US': ['error: ErrNotConfigured', /^This session is not attached to a Tox network/],
  de: ['Fehler: ErrNotConfigured', /^Diese Sitzung ist an kein Tox-Netz angeschlossen/],
} as const;

describe('A Node-RED whose settings name a language', function () {
  this.timeout(120_000);

  for (const [lang, [status, finding]] of Object.entries(SAID)) {
    it(`says statuses and findings in it, to flows and by the admin API: ${lang}`, async () => {
      const userDir = path.join(CACHE, `language-${lang}`);
      await rm(userDir, { recursive: true, force: true });
      const red = await NodeRedProcess.start({ userDir, settings: { nodesDir: [ROOT], lang } });
      try {
        await red.deploy(FLOW);
        assert.equal(await (await red.request('/status')).text(), status);
        const asked = (await (await red.request('/findings')).json()) as { code: string; text: string }[];
        assert.match(asked[0]?.text ?? '', finding);
        const { open } = (await (await red.request('/tox-async/sessions/home')).json()) as SessionView;
        assert.deepEqual(
          open?.findings.map(({ text }) => text),
          asked.map(({ text }) => text),
        );
      } finally {
        await red.stop();
        await rm(userDir, { recursive: true, force: true });
      }
    });
  }
});
