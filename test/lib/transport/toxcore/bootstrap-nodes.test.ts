import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../lib/errors';
import { systemPlatform } from '../../../../lib/platform/system/system-platform';
import { defaultBootstrapFile } from '../../../../lib/transport/toxcore/parent/bootstrap-file-loader';
import { loadBootstrapNodes } from '../../../../lib/transport/toxcore/bootstrap-nodes';

const KEY = 'A'.repeat(64);
const NODE = { host: 'tox.example', port: 33_445, key: KEY };

/** Loads from a disk that holds one text, or nothing, or is broken. */
const load = (content: string | Error | undefined) =>
  loadBootstrapNodes(
    {
      readFile: async () => {
        if (content instanceof Error) throw content;
        return content === undefined ? undefined : new TextEncoder().encode(content);
      },
    },
    'list.json',
  );

describe('list of bootstrap nodes', () => {
  it('comes with the package, with its date and source, and names several nodes', async () => {
    const disk = systemPlatform.disk;
    const nodes = await loadBootstrapNodes(disk);
    assert.ok(nodes.length >= 4);
    assert.equal(new Set(nodes.map(({ key }) => key.toUpperCase())).size, nodes.length);
    const text = new TextDecoder().decode(await disk.readFile(defaultBootstrapFile()));
    const list = JSON.parse(text) as { date: string; source: string };
    assert.match(list.date, /^\d{4}-\d\d-\d\d$/);
    assert.match(list.source, /^https:\/\//);
  });

  it('may be a file of the user, with fields for people and with TCP ports or without', async () => {
    const nodes = [
      { ...NODE, maintainer: 'me' },
      { ...NODE, tcpPorts: [443, 3389] },
    ];
    assert.deepEqual(await load(JSON.stringify({ about: 'mine', nodes })), [
      NODE,
      { ...NODE, tcpPorts: [443, 3389] },
    ]);
  });

  const wrong: [why: string, content: string | undefined, text: RegExp][] = [
    ['a file that is not there', undefined, /does not exist; choose an existing one/],
    ['a file that is not JSON', '{nodes:', /is not JSON/],
    ['a list that is not one', '{"nodes": {}}', /no "nodes" list/],
    [
      'a node without a host',
      JSON.stringify({ nodes: [NODE, { ...NODE, host: '' }] }),
      /node 2 .* no "host"/,
    ],
    ['a node with a wrong port', JSON.stringify({ nodes: [{ ...NODE, port: 0 }] }), /node 1 .* "port"/],
    ['a node with half a key', JSON.stringify({ nodes: [{ ...NODE, key: 'AB' }] }), /64 hexadecimal/],
    ['TCP ports that are none', JSON.stringify({ nodes: [{ ...NODE, tcpPorts: ['1'] }] }), /"tcpPorts"/],
  ];
  for (const [why, content, text] of wrong) {
    it(`is refused, naming file and fault: ${why}`, async () => {
      await assert.rejects(
        load(content),
        (error) =>
          ToxAsyncError.is(error, 'ErrInvalidArgument') &&
          error.message.includes('list.json') &&
          text.test(error.message),
      );
    });
  }

  it('that cannot be read is an error of the disk', async () => {
    await assert.rejects(load(new Error('EACCES')), (error) => ToxAsyncError.is(error, 'ErrStore'));
  });
});
