import assert from 'node:assert/strict';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { generateKeyPair } from '../../../../lib/crypto/generate';
import { SeededRandom } from '../../../../lib/testing/simulated-platform';
import { silentLogger } from '../../../../lib/types';
import { ScriptedFriend } from '../support/scripted-friend';

const crypto = chooseCryptoProvider();

describe('a session whose friend floods it', () => {
  let friend: ScriptedFriend;
  const logged: string[] = [];

  async function open(seed: string, limits = {}): Promise<void> {
    logged.length = 0;
    const log = { ...silentLogger, error: (text: string) => logged.push(text) };
    friend = await ScriptedFriend.open(seed, { log, limits });
  }

  afterEach(() => friend.stop());

  it('takes no more ordinary messages than fill half of its inbox, and logs the others once a minute', async () => {
    await open('flood of ordinary messages', { inboxMessages: 10 });
    friend.manager.setMessageHandler(undefined);
    const flood = () => {
      for (let i = 0; i < 100; i += 1) friend.transport.handler?.onMessage(friend.keys.pk, 'normal', `${i}`);
    };
    flood();
    await friend.time.advance(1_000);
    assert.equal(friend.manager.counts().waiting, 5);
    assert.equal(logged.length, 1);
    await friend.time.advance(60_000);
    flood();
    assert.equal(logged.length, 2);
  });

  it('has room for other friends while one floods it, down to the last place', async () => {
    await open('flood of ordinary messages', { inboxMessages: 10 });
    friend.manager.setMessageHandler(undefined);
    const others = [1, 2, 3, 4].map(
      (seed) => generateKeyPair(crypto, new SeededRandom(`other ${seed}`)).publicKey,
    );
    const say = (from: Uint8Array) => friend.transport.handler?.onMessage(from, 'normal', 'x');
    const waiting: number[] = [];
    for (const from of [friend.keys.pk, ...others]) {
      for (let i = 0; i < 20; i += 1) say(from);
      await friend.time.advance(1_000);
      waiting.push(friend.manager.counts().waiting);
    }
    assert.deepEqual(waiting, [5, 8, 9, 10, 10]);
  });

  it('has room for another friend whose message comes in the middle of a flood', async () => {
    await open('flood of ordinary messages', { inboxMessages: 10 });
    friend.manager.setMessageHandler(undefined);
    const other = generateKeyPair(crypto, new SeededRandom('other')).publicKey;
    for (let i = 0; i < 20; i += 1) friend.transport.handler?.onMessage(friend.keys.pk, 'normal', 'x');
    friend.transport.handler?.onMessage(other, 'normal', 'alert');
    await friend.time.advance(1_000);
    assert.equal(friend.manager.counts().waiting, 6);
  });

  it('keeps no more of its messages than 1,024 while the disk is busy', async () => {
    await open('flood of receipts');
    await friend.settle();
    const receipts = [{ messageId: new Uint8Array(32), code: 'ok' as const }];
    for (let i = 0; i < 3_000; i += 1) friend.peer.say({ kind: 'receipts', receipts });
    const confirmed = (await friend.hear(60_000)).filter(({ kind }) => kind === 'receipts-confirmed');
    assert.equal(confirmed.length, 1_024);
    friend.peer.say({ kind: 'receipts', receipts });
    await friend.hearOne('receipts-confirmed');
  });

  it('answers busy to more than 64 deliveries at once', async () => {
    await open('flood of receipts');
    await friend.settle();
    const envelopes: Uint8Array[] = [];
    for (let i = 0; i < 80; i += 1) envelopes.push(await friend.seal(`message ${i}`));
    envelopes.forEach((envelope, request) => friend.peer.say({ kind: 'deliver', request, envelope }));
    const answers = (await friend.hear(60_000)).flatMap((said) =>
      said.kind === 'deliver-answer' ? [`${said.request} ${said.code}`] : [],
    );
    const expected = envelopes.map((_, i) => `${i} ${i < 64 ? 'ok' : 'busy'}`);
    assert.deepEqual(answers.sort(), expected.sort());
    assert.equal((await friend.deliver(envelopes[64] as Uint8Array)).code, 'ok');
  });

  it('tells of no more refused exchanges than 16, and one a minute', async () => {
    await open('flood of refused exchanges');
    const good = await friend.settle();
    const exchange = good.slice();
    const last = exchange.length - 1;
    exchange[last] = (exchange[last] ?? 0) ^ 1;
    const flood = async () => {
      const told = friend.events.length;
      for (let i = 0; i < 40; i += 1) friend.peer.say({ kind: 'exchange', exchange });
      const refused = (await friend.hear(1_000)).filter(({ kind }) => kind === 'exchange-refused');
      assert.equal(friend.events.length - told, refused.length);
      return refused.length;
    };
    assert.equal(await flood(), 16);
    assert.equal(await flood(), 0);
    await friend.time.advance(180_000);
    assert.equal(await flood(), 3);
    // What is good is still taken.
    friend.peer.say({ kind: 'exchange', exchange: good });
    await friend.hearOne('exchange-ack');
  });

  /** How often the session issues keys to a friend who says after each batch that it holds none. */
  async function batchesFor(times: number): Promise<number> {
    let batches = 0;
    for (let i = 0; i < times; i += 1) {
      friend.sayState({ held: 0 });
      for (const said of await friend.hear(10)) {
        if (said.kind !== 'exchange') continue;
        batches += 1;
        await friend.take(said);
      }
    }
    return batches;
  }

  it('makes keys for 16 stocks in an hour when it says again and again that it holds none', async () => {
    await open('flood of receipts');
    await friend.settle();
    assert.equal(await batchesFor(40), 15);
    await friend.time.advance(3_600_000);
    assert.equal(await batchesFor(40), 16);
  });
});
