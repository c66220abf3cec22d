import { describeOnTox } from './support/namespace';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { fromHex, toHex } from '../../lib/bytes';
import type { PublicKey } from '../../lib/types';
import { RecordingHandler } from '../../lib/testing/transport/recording-handler';
import { TAB, WATCH } from '../nodes/support/flows';
import { managerOf, NodeRed, type FlowEntry } from '../nodes/support/node-red';
import { BootstrapDaemon } from './support/bootstrap-daemon';
import { ToxParty } from './support/tox-party';
import { CONNECT_MS, until } from './support/until';

const EXAMPLES = ['17-tox-alert', '19-tox-storage-bot', '20-tox-echo-bot'];
const CORE = [
  'common/20-inject',
  'common/21-debug',
  'common/90-comment',
  'function/10-switch',
  'function/15-change',
];
const core = CORE.map((name) => {
  const load = createRequire(__filename);
  return load(`@node-red/nodes/core/${name}`) as (RED: NodeAPI) => void;
});

/** The examples as they are shipped; they find the network by another file, and one friend is filled in. */
function examples(friend: string): FlowEntry[] {
  const flows = EXAMPLES.flatMap((name) => {
    const file = path.join(__dirname, `../../examples/${name}.json`);
    return JSON.parse(readFileSync(file, 'utf8')) as FlowEntry[];
  });
  return flows.map((entry) => {
    if (entry.type === 'tox-transport') return { ...entry, bootstrap: 'first-nodes.json' };
    if (entry.id !== 'xa-add') return entry;
    const props = entry.props as { p: string }[];
    return { ...entry, props: props.map((prop) => (prop.p === 'friend' ? { ...prop, v: friend } : prop)) };
  });
}

/** All three at once, each used by somebody with an ordinary Tox client. */
describeOnTox('The examples on real Tox', function () {
  this.timeout(CONNECT_MS + 10_000);
  const heard = new Map<string, string[]>();
  let daemon: BootstrapDaemon;
  let red: NodeRed;
  let user: ToxParty;

  const keyOf = async (session: string) => (await managerOf(red, session)).publicKey;
  const online = (friend: PublicKey) => until('it is online', () => user.transport.isFriendOnline(friend));
  const detailsOf = (friend: PublicKey) =>
    user.transport.details().find(({ publicKey }) => toHex(publicKey) === toHex(friend));

  before(async () => {
    daemon = await BootstrapDaemon.start();
    user = new ToxParty({ bootstrap: [daemon.node] });
    const handler = new RecordingHandler();
    handler.onMessage = (friend, type, text) => {
      const from = heard.get(toHex(friend)) ?? [];
      heard.set(toHex(friend), [...from, `${type} ${text}`]);
    };
    await user.transport.start(handler);
    red = await NodeRed.start([TAB, ...WATCH], undefined, ...core);
    await writeFile(path.join(red.userDir, 'first-nodes.json'), JSON.stringify({ nodes: [daemon.node] }));
    await red.deploy(examples(user.transport.toxId));
    for (const bot of ['xe-bot', 'xs-node']) {
      await user.transport.addFriend((await managerOf(red, bot)).toxId, 'Let me in');
    }
  });

  after(async () => {
    await red.stop();
    await user.transport.stop();
    await daemon.stop();
  });

  it('tox-alert: the friend is asked, accepts, and gets the alert as an ordinary message', async () => {
    const asked = new Promise<string>((resolve) => {
      user.transport.events.on('friend-request', ({ publicKey, message }) => {
        assert.equal(message, 'I am your alarm. Please add me.');
        resolve(toHex(publicKey));
      });
    });
    red.send('xa-add', {});
    const device = await asked;
    assert.equal(device, toHex(await keyOf('xa-device')));
    red.send('xa-leak', {});
    await user.transport.acceptFriend(fromHex(device)!);
    await until(
      'the alert is there',
      () => heard.get(device)?.includes('normal Leak in the cellar') === true,
    );
  });

  it('tox-echo-bot: lets one in, and sends back what one writes', async () => {
    const bot = await keyOf('xe-bot');
    await online(bot);
    assert.equal(await user.transport.sendMessage(bot, 'normal', 'Is there an echo?'), true);
    assert.equal(await user.transport.sendMessage(bot, 'action', 'listens'), true);
    const expected = ['normal Is there an echo?', 'action listens'];
    await until('both are back', () => heard.get(toHex(bot))?.length === 2);
    assert.deepEqual(heard.get(toHex(bot)), expected);
    await until('it has its name', () => detailsOf(bot)?.ownName === 'Echo');
  });

  it('tox-storage-bot: lets one in, and says what it is for', async () => {
    const bot = await keyOf('xs-node');
    await online(bot);
    await until('it has its name', () => detailsOf(bot)?.ownName === 'Storage node');
    await until('it has its text', () => detailsOf(bot)?.statusMessage.startsWith('Add me') === true);
  });
});
