import { describeOnTox } from './support/namespace';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toHex } from '../../lib/bytes';
import { MessageType } from '../../lib/constants';
import type { Outcome, ReceivedMessage } from '../../lib/client/messages';
import { ToxAsyncError } from '../../lib/errors';
import { AsyncManager } from '../../lib/manager/async-manager';
import { ToxcoreTransport } from '../../lib/transport/toxcore/toxcore-transport';
import { BootstrapDaemon } from './support/bootstrap-daemon';
import { ToxicClient } from './support/toxic-client';
import { CONNECT_MS, until } from './support/until';

describeOnTox('toxic, an ordinary Tox client', function () {
  this.timeout(2 * CONNECT_MS);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'toxic-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  describe('and its profile', () => {
    const passphrase = 'six words are better than one';
    let toxic: ToxicClient;
    let toxId: string;

    before(async () => {
      toxic = new ToxicClient(path.join(folder, 'profile'));
      await toxic.start(passphrase);
      toxId = await toxic.toxId();
      await toxic.quit();
    });
    after(() => toxic.close());

    const importInto = async (name: string, secret?: string) =>
      AsyncManager.create({
        dataDir: path.join(folder, name),
        profile: new Uint8Array(await readFile(toxic.profileFile)),
        ...(secret === undefined ? {} : { passphrase: secret }),
      });

    it('which it sealed, is ours with its passphrase: the same Tox ID', async () => {
      const manager = await importInto('imported', passphrase);
      assert.equal(manager.toxId, toxId);
      await manager.stop();
    });

    it('is refused with another passphrase, and no other identity is made', async () => {
      for (const secret of ['another one', undefined]) {
        await assert.rejects(importInto('refused', secret), (error) =>
          ToxAsyncError.is(error, 'ErrPassphrase'),
        );
        await assert.rejects(readFile(path.join(folder, 'refused', 'identity.tox')), { code: 'ENOENT' });
      }
    });
  });

  describe('and a session of ours', () => {
    let daemon: BootstrapDaemon;
    let toxic: ToxicClient;
    let manager: AsyncManager;
    let transport: ToxcoreTransport;
    let friend: Uint8Array;
    /** Custom packets that went out to toxic. */
    let packets = 0;
    const received: ReceivedMessage[] = [];
    /** All but the news of what a message waits for. */
    const outcomes: Outcome[] = [];
    const connections: boolean[] = [];

    before(async () => {
      daemon = await BootstrapDaemon.start();
      toxic = new ToxicClient(path.join(folder, 'client'), daemon.node);
      manager = await AsyncManager.create({ dataDir: path.join(folder, 'session') });
      transport = new ToxcoreTransport({ settings: { bootstrap: [daemon.node] }, ...manager.profile });
      const send = transport.sendPacket.bind(transport);
      transport.sendPacket = (to, packet) => {
        packets += 1;
        return send(to, packet);
      };
      manager.events.on('outcome', (outcome) => {
        if (outcome.state !== 'queued') outcomes.push(outcome);
      });
      manager.events.on('friend-status', ({ online }) => connections.push(online));
      manager.setMessageHandler((message) => {
        received.push(message);
        return 'done';
      });
      await manager.attachTransport(transport);
      await manager.start();
      await toxic.start();
    });
    after(async () => {
      await toxic.close();
      await manager.stop();
      await daemon.stop();
    });

    const isOnline = (online: boolean) =>
      until(`toxic is ${online ? 'online' : 'offline'}`, () => transport.isFriendOnline(friend) === online);
    const sayOnline = async (text: string) => {
      const receipt = await manager.sendAsyncMessage(friend, text);
      await until(
        () => `an outcome of "${text}", only ${outcomes.map(({ state }) => state).join()}`,
        () => outcomes.some(({ messageId }) => toHex(messageId) === toHex(receipt.messageId)),
      );
      return outcomes.filter(({ messageId }) => toHex(messageId) === toHex(receipt.messageId));
    };

    it('asks to be a friend and is one when accepted', async () => {
      const asked = new Promise<Uint8Array>((resolve) => {
        transport.events.on('friend-request', ({ publicKey }) => resolve(publicKey));
      });
      await toxic.type(`/add ${manager.toxId}`);
      friend = await asked;
      await manager.addFriend(friend, 'toxic');
      await isOnline(true);
      await toxic.sees('has come online');
    });

    it('gets a message of ours as an ordinary one once it has not answered our greetings', async () => {
      const states = await sayOnline('The cellar is wet.');
      assert.deepEqual(
        states.map(({ state, via }) => [state, via]),
        [['delivered', 'tox']],
      );
      // Its third window is the one of this friend.
      await toxic.nextWindow();
      await toxic.nextWindow();
      await toxic.sees(': The cellar is wet.');
    });

    it('gets further messages and actions at once', async () => {
      await manager.sendAsyncMessage(friend, 'rings the bell', MessageType.Action);
      await sayOnline('Still wet.');
      await toxic.sees(/rings the bell\s.*: Still wet\./s);
    });

    it('answers with messages and actions, which our flow gets', async () => {
      await toxic.type('On my way, 5 minutes.');
      await toxic.type('/me takes the bucket');
      await until('both', () => received.length === 2);
      assert.deepEqual(
        received.map(({ content, kind, via }) => [content, kind, via]),
        [
          ['On my way, 5 minutes.', 'text', 'tox'],
          ['takes the bucket', 'action', 'tox'],
        ],
      );
    });

    it('is not disturbed by what we send beside messages', async () => {
      assert.ok(packets >= 3, `${packets} packets`);
      assert.deepEqual(connections, [true]);
      const shown = (await toxic.screen()).split('\n').filter((line) => /^\d\d:\d\d /.test(line));
      assert.equal(shown.length, 5, shown.join('\n'));
    });

    it('gets mail that waited while it was away, as an ordinary message, when it comes back', async () => {
      await toxic.quit();
      await isOnline(false);
      const delivered = sayOnline('The cellar was wet while you were away.');
      assert.equal(outcomes.length, 3);
      await toxic.start();
      const states = await delivered;
      assert.deepEqual(
        states.map(({ state, via }) => [state, via]),
        [['delivered', 'tox']],
      );
      await toxic.nextWindow();
      await toxic.nextWindow();
      await toxic.sees(': The cellar was wet while you were away.');
    });
  });
});
