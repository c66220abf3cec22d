import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { toHex } from '../../../lib/bytes';
import { findHolder, type Holder } from '../../../lib/control/holder';
import { ToxAsyncError } from '../../../lib/errors';
import { Asker, type OpenSession, Sessions } from './support/sessions';

/** Polls a condition of a real clock; the suite's limit ends it. */
async function until(done: () => boolean): Promise<void> {
  while (!done()) await setTimeout(10);
}

describe('A session that is asked over the lock of its data directory', function () {
  this.timeout(60_000);
  let sessions: Sessions;
  let pi: OpenSession;
  let phone: OpenSession;
  let holder: Holder;

  beforeEach(async () => {
    sessions = new Sessions();
    pi = await sessions.add('Pi', { givesMessages: true });
    phone = await sessions.add('Phone');
    await pi.manager.waitForKeys(phone.manager.publicKey);
    await phone.manager.waitForKeys(pi.manager.publicKey);
    const found = await findHolder(pi.dataDir);
    assert.ok(found);
    holder = found;
  });

  afterEach(() => sessions.stop());

  /** Resolves when the Pi knows. */
  async function phoneLeaves(): Promise<void> {
    await phone.manager.detachTransport();
    await until(() => pi.manager.friends().every(({ online }) => !online));
  }

  it('says which process holds the directory, and who the session is', async () => {
    assert.equal(holder.pid, process.pid);
    assert.deepEqual(await holder.ask({ ask: 'identity' }, new Asker().hooks), {
      publicKey: toHex(pi.manager.publicKey),
      toxId: pi.manager.toxId,
    });
  });

  it('answers the same as within its own process', async () => {
    for (const request of [
      { ask: 'identity' },
      { ask: 'friends' },
      { ask: 'history' },
      { ask: 'findings', friend: 'Phone' },
    ] as const) {
      const asked = await holder.ask(request, new Asker().hooks);
      assert.deepEqual(asked, await pi.desk.ask(request, new Asker().hooks));
    }
    const status = await holder.ask({ ask: 'status' }, new Asker().hooks);
    assert.equal(status.toxId, pi.manager.toxId);
    assert.deepEqual(
      status.friends.map(({ name, publicKey }) => [name, publicKey]),
      [['Phone', toHex(phone.manager.publicKey)]],
    );
  });

  it('tells how a message fares until it is where it is wanted', async () => {
    phone.manager.setMessageHandler(() => 'done');
    const asker = new Asker();
    const content = { text: 'Water in the cellar' };
    const answer = await holder.ask(
      { ask: 'send', friend: 'Phone', content, topic: 'leak', until: 'delivered', timeout: 30 },
      asker.hooks,
    );
    assert.equal(answer.state, 'delivered');
    assert.equal(answer.friend, toHex(phone.manager.publicKey));
    assert.equal(asker.progress[0]?.state, 'queued');
    assert.equal(asker.progress.at(-1)?.state, 'delivered');
  });

  it('says that the time was over, and the message goes on', async () => {
    await phoneLeaves();
    const request = { ask: 'send', friend: 'Phone', content: { text: 'x' }, until: 'delivered' } as const;
    const answer = await holder.ask({ ...request, timeout: 0.05 }, new Asker().hooks);
    assert.equal(answer.timedOut, true);
    assert.equal(pi.manager.counts().unfinished, 1);
    const queued = await holder.ask({ ...request, until: 'queued', timeout: 0 }, new Asker().hooks);
    assert.deepEqual([queued.state, queued.timedOut], ['queued', undefined]);
  });

  it('takes a message once, however often it is asked with one id, and says where that is', async () => {
    const request = { ask: 'send', friend: 'Phone', messageId: '0e'.repeat(32), timeout: 30 } as const;
    await phoneLeaves();
    const first = { ...request, content: { text: 'first' } };
    const queued = await holder.ask({ ...first, until: 'queued' }, new Asker().hooks);
    assert.deepEqual([queued.messageId, queued.state], [request.messageId, 'queued']);
    await holder.ask({ ...first, until: 'queued' }, new Asker().hooks);
    assert.equal(pi.manager.counts().unfinished, 1);
    await pi.manager.cancel(phone.manager.publicKey, Buffer.from(request.messageId, 'hex'));
    const ended = await holder.ask({ ...first, until: 'delivered' }, new Asker().hooks);
    assert.equal(ended.state, 'cancelled');
    assert.equal(pi.manager.counts().unfinished, 0);
  });

  it('sends values, actions and what is urgent or late as it was asked to', async () => {
    const sent: unknown[] = [];
    phone.manager.setMessageHandler(({ kind, content }) => {
      sent.push([kind, content]);
    });
    const request = { ask: 'send', friend: 'Phone', until: 'delivered', timeout: 30 } as const;
    await holder.ask({ ...request, content: { json: { level: [3] } } }, new Asker().hooks);
    await holder.ask({ ...request, content: { text: 'waves', action: true } }, new Asker().hooks);
    assert.deepEqual(sent, [
      ['json', { level: [3] }],
      ['action', 'waves'],
    ]);
    await phoneLeaves();
    const options: unknown[] = [];
    const send = pi.manager.sendAsyncMessage.bind(pi.manager);
    pi.manager.sendAsyncMessage = (friend, content, type, given) => {
      options.push(given);
      return send(friend, content, type, given);
    };
    const late = {
      ...request,
      until: 'queued',
      content: { text: 'x' },
      urgent: true,
      overdueAfter: 5,
    } as const;
    await holder.ask(late, new Asker().hooks);
    assert.deepEqual(options, [{ urgent: true, overdueAfter: 5 }]);
  });

  it('takes messages back, at the friend who is named or at all', async () => {
    await phoneLeaves();
    const messageId = '0c'.repeat(32);
    const send = { ask: 'send', friend: 'Phone', messageId, content: { text: 'x' } } as const;
    await holder.ask({ ...send, until: 'queued', timeout: 0 }, new Asker().hooks);
    const cancel = (friend: object) => holder.ask({ ask: 'cancel', messageId, ...friend }, new Asker().hooks);
    const cancelled = { messageId, friends: [toHex(phone.manager.publicKey)], mayArrive: false };
    assert.deepEqual(await cancel({}), cancelled);
    assert.equal(pi.manager.counts().unfinished, 0);
    for (const friend of [{}, { friend: 'Phone' }]) {
      await assert.rejects(cancel(friend), (error: unknown) => ToxAsyncError.is(error, 'ErrMessageNotFound'));
    }
  });

  it('gives its errors with their codes', async () => {
    const ask = holder.ask({ ask: 'findings', friend: 'Nobody' }, new Asker().hooks);
    await assert.rejects(ask, (error: unknown) => {
      assert.ok(ToxAsyncError.is(error, 'ErrUnknownFriend'));
      assert.match(error.message, /Nobody.*Known names: "Phone"/);
      return true;
    });
  });

  it('hands over one message at a time, and erases each when it was taken', async () => {
    const asker = new Asker();
    let take: ((taken: boolean) => void) | undefined;
    asker.takes = () => new Promise((resolve) => (take = resolve));
    const receiving = holder.ask({ ask: 'receive' }, asker.hooks);
    await phone.manager.sendAsyncMessage(pi.manager.publicKey, 'first', undefined, { label: 'a/b' });
    await phone.manager.sendAsyncMessage(pi.manager.publicKey, new Uint8Array([0, 255]));
    await phone.manager.sendAsyncMessage(pi.manager.publicKey, { json: { level: 3 } });
    await until(() => pi.manager.snapshot().inbox.length === 3);
    assert.equal(asker.messages.length, 1);
    for (const left of [2, 1, 0]) {
      await until(() => take !== undefined);
      take?.(true);
      take = undefined;
      await until(() => pi.manager.snapshot().inbox.length === left);
    }
    assert.deepEqual(
      asker.messages.map(({ kind, text, base64, jsonText, topic }) => [
        kind,
        text ?? base64 ?? jsonText,
        topic,
      ]),
      [
        ['text', 'first', 'a/b'],
        ['binary', 'AP8=', undefined],
        ['json', '{"level":3}', undefined],
      ],
    );
    assert.deepEqual(
      [asker.messages[0]?.friend, asker.messages[0]?.friendName],
      [toHex(phone.manager.publicKey), 'Phone'],
    );
    asker.leave();
    await assert.rejects(receiving);
  });

  it('gives a message that was not taken to the next asker', async () => {
    await phone.manager.sendAsyncMessage(pi.manager.publicKey, 'keep me');
    const first = new Asker();
    first.takes = () => false;
    const refused = holder.ask({ ask: 'receive' }, first.hooks);
    await until(() => first.messages.length === 1);
    await until(() => pi.manager.counts().failed === 1);
    assert.deepEqual(
      pi.manager.snapshot().inbox.map(({ state }) => state),
      ['failed'],
    );
    first.leave();
    await assert.rejects(refused);
    assert.equal(pi.manager.snapshot().inbox.length, 1);

    const second = new Asker();
    // The session hears a moment later that the first one has gone.
    const receive = async (): Promise<unknown> =>
      holder
        .ask({ ask: 'receive' }, second.hooks)
        .catch((error: unknown) => (ToxAsyncError.is(error, 'ErrRefused') ? receive() : error));
    const receiving = receive();
    await until(() => pi.manager.snapshot().inbox.length === 0);
    assert.deepEqual(
      second.messages.map(({ text, redelivered }) => [text, redelivered]),
      [['keep me', true]],
    );
    second.leave();
    await receiving;
  });

  it('keeps what an asker had in hand when it went', async () => {
    await phone.manager.sendAsyncMessage(pi.manager.publicKey, 'in hand');
    const asker = new Asker();
    asker.takes = () => new Promise(() => undefined);
    const receiving = holder.ask({ ask: 'receive' }, asker.hooks);
    await until(() => asker.messages.length === 1);
    asker.leave();
    await assert.rejects(receiving);
    await setTimeout(50);
    assert.equal(pi.manager.snapshot().inbox.length, 1);
  });

  it('gives messages to one asker, and to none where the program takes them itself', async () => {
    const asker = new Asker();
    const receiving = holder.ask({ ask: 'receive' }, asker.hooks);
    const refused = (error: unknown) => ToxAsyncError.is(error, 'ErrRefused');
    await setTimeout(100);
    await assert.rejects(holder.ask({ ask: 'receive' }, new Asker().hooks), refused);
    const other = await findHolder(phone.dataDir);
    await assert.rejects(other?.ask({ ask: 'receive' }, new Asker().hooks) ?? Promise.resolve(), refused);
    asker.leave();
    await assert.rejects(receiving);
  });

  it('gives its identity away under a passphrase only', async () => {
    const ask = (passphrase: string) => holder.ask({ ask: 'backup', passphrase }, new Asker().hooks);
    const { base64 } = await ask('correct horse');
    assert.match(Buffer.from(base64, 'base64').toString('latin1'), /^toxEsave/);
    await assert.rejects(ask(''), (error: unknown) => ToxAsyncError.is(error, 'ErrPassphrase'));
  });

  it('is not found when nobody holds the directory, and leaves nothing there', async () => {
    const folder = phone.dataDir;
    await phone.manager.stop();
    assert.equal(await findHolder(folder), undefined);
    assert.equal(await findHolder(path.join(folder, 'none')), undefined);
    assert.deepEqual(await readdir(path.join(folder, 'lock')), []);
  });

  it('ends its visits when it stops', async () => {
    const asker = new Asker();
    const receiving = holder.ask({ ask: 'receive' }, asker.hooks);
    await setTimeout(100);
    await pi.manager.stop();
    await assert.rejects(receiving, (error: unknown) => ToxAsyncError.is(error, 'ErrClosed'));
  });
});
