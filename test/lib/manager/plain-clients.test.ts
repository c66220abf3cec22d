import assert from 'node:assert/strict';
import type { MessageInput, SendOptions } from '../../../lib/client/messages';
import { MessageType } from '../../../lib/constants';
import { SeededRandom } from '../../../lib/testing/simulated-platform';
import { silentLogger } from '../../../lib/types';
import { waitFor } from '../../support/world';
import { ScriptedFriend } from './support/scripted-friend';

describe('a friend whose client does not speak the extension', () => {
  let friend: ScriptedFriend;
  const logged: string[] = [];
  /** Ordinary messages that the transport was given, and how it says what became of each. */
  let given: { text: string; confirm: (confirmed: boolean) => void; fail: (error: Error) => void }[];

  beforeEach(async () => {
    logged.length = 0;
    const log = { ...silentLogger, error: (text: string) => logged.push(text) };
    friend = await ScriptedFriend.open('plain client', { log });
    take();
  });

  afterEach(() => friend.stop());

  function take(): void {
    given = [];
    friend.transport.sendMessage = (_to, type, text) =>
      new Promise((confirm, fail) => given.push({ text: `${type} ${text}`, confirm, fail }));
  }

  /** The friend comes, and answers none of our hellos. */
  async function come(): Promise<void> {
    friend.transport.handler?.onFriend(friend.keys.pk, true);
    await friend.time.advance(60_000);
  }

  const texts = () => given.map(({ text }) => text);
  const ends = () =>
    friend.outcomes
      .filter(({ state }) => state !== 'queued')
      .map(({ state, via, code }) => [state, via ?? code]);

  it('gets messages as ordinary ones: one at a time, in order, and delivered when its client confirms', async () => {
    await friend.send('one');
    const { keys, manager, time } = friend;
    await waitFor(time, manager.sendAsyncMessage(keys.pk, 'waves', MessageType.Action));
    assert.deepEqual(texts(), []);
    await come();
    assert.deepEqual(texts(), ['normal one']);
    assert.deepEqual(ends(), []);
    given[0]?.confirm(true);
    await time.advance(100);
    assert.deepEqual(texts(), ['normal one', 'action waves']);
    assert.deepEqual(ends(), [['delivered', 'tox']]);
    given[1]?.confirm(true);
    await time.advance(60_000);
    assert.equal(given.length, 2);
    assert.equal(manager.counts().unfinished, 0);
  });

  it('gets JSON as its text and no label; bytes and what is too long fail, once it is clear what client it is', async () => {
    const { keys, manager, time } = friend;
    const send = (content: MessageInput, options: SendOptions = {}) =>
      waitFor(time, manager.sendAsyncMessage(keys.pk, content, 0, options));
    await send({ json: { leak: true } }, { label: 'cellar' });
    await send(new Uint8Array([1, 2]));
    await send({ json: 'a'.repeat(5000) });
    await send('leak', { label: 'cellar' });
    await time.advance(60_000);
    assert.deepEqual(ends(), [], 'nothing is known of its client');
    await come();
    given[0]?.confirm(true);
    await time.advance(100);
    given[1]?.confirm(true);
    await time.advance(100);
    assert.deepEqual(texts(), ['normal {"leak":true}', 'normal leak']);
    assert.deepEqual(ends(), [
      ['delivered', 'tox'],
      ['failed', 'unsupported'],
      ['failed', 'unsupported'],
      ['delivered', 'tox'],
    ]);
  });

  it('gets none of a large message: each fails at once, also behind another, and nothing of it stays', async () => {
    const { keys, manager, time } = friend;
    const payload = new SeededRandom('large').bytes(200_000);
    const text = Buffer.from(payload).toString('base64').slice(0, 200_000);
    await come();
    for (const content of [payload, { json: text }, text]) {
      await waitFor(time, manager.sendAsyncMessage(keys.pk, content, 0, { label: 'camera' }));
    }
    await friend.send('still here');
    await time.advance(100);
    assert.deepEqual(texts(), ['normal still here']);
    assert.deepEqual(ends(), new Array(3).fill(['failed', 'unsupported']));
    given[0]?.confirm(true);
    await time.advance(100);
    assert.equal(manager.counts().unfinished, 0);
  });

  it('gets a text that only its label made large', async () => {
    const { keys, manager, time } = friend;
    const text = 'x'.repeat(1372);
    await waitFor(time, manager.sendAsyncMessage(keys.pk, text, 0, { label: 'cellar' }));
    await come();
    assert.deepEqual(texts(), [`normal ${text}`]);
  });

  it('gets a message again when the connection ended before its client confirmed it', async () => {
    await friend.send('hello');
    await come();
    friend.leave();
    given[0]?.confirm(false);
    await friend.time.advance(60_000);
    assert.equal(given.length, 1, 'not while it is away');
    assert.deepEqual(ends(), []);
    await come();
    assert.equal(given.length, 2);
  });

  it('is tried every few seconds, and no more, while the transport takes nothing for it', async () => {
    await friend.send('hello');
    await come();
    friend.transport.sendMessage = () => {
      given.push({ text: '', confirm: () => undefined, fail: () => undefined });
      return given.length % 2 === 0 ? Promise.resolve(false) : Promise.reject(new Error('not now'));
    };
    given[0]?.fail(new Error('the child died'));
    await friend.time.advance(60_000);
    assert.ok(given.length > 5 && given.length < 20, `${given.length} times in a minute`);
    assert.equal(logged[0], 'the child died');
    assert.equal(friend.manager.counts().unfinished, 1);
  });

  it('fails a message whose text was lost with the vault', async () => {
    await friend.send('hello');
    await friend.stop();
    await friend.memory.disk.remove('/data/vault');
    await friend.start();
    take();
    await come();
    assert.deepEqual(texts(), []);
    assert.deepEqual(ends(), [['failed', 'lost']]);
  });

  it('says nothing more of a message whose life ended while it was under way', async () => {
    const { keys, manager, time } = friend;
    await waitFor(time, manager.sendAsyncMessage(keys.pk, 'hello', 0, { lifetime: 90 }));
    await come();
    await time.advance(60_000);
    given[0]?.confirm(true);
    await time.advance(1_000);
    assert.deepEqual(ends(), [['expired', undefined]]);
  });
});
