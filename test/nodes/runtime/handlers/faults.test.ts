import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { util } from '@node-red/util';
import { systemPlatform } from '../../../../lib/index';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { onClose } from '../../../../nodes/runtime/handlers/close';
import { onInput } from '../../../../nodes/runtime/handlers/input';
import { PendingWork, within } from '../../../../nodes/runtime/handlers/pending-work';
import { untilDone } from '../../../../nodes/runtime/handlers/retry';
import { startGuarded } from '../../../../nodes/runtime/handlers/start-guard';
import { atFlowsStarted, type Runtime } from '../../../../nodes/runtime/runtime';
import { translated } from '../../../../nodes/runtime/words';
import { SignalList } from '../../../../nodes/runtime/handlers/signal-list';
import { badges, StatusBadge } from '../../../../nodes/runtime/status-badge';
import { WITHOUT_CATALOGS } from '../../support/words';
import { Live } from '../../../../nodes/sidebar/live';
import { answered, type Answer } from '../../../../nodes/sidebar/answered';

const fail = (): never => {
  throw new Error('a fault');
};

/** A node of a runtime in which everything fails that a node calls. */
class FailingNode extends EventEmitter {
  tries = 0;

  status(): void {
    this.#fail();
  }

  error(): void {
    this.#fail();
  }

  warn(): void {
    this.#fail();
  }

  #fail(): never {
    this.tries += 1;
    return fail();
  }
}

const RED = { util } as Runtime;
const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('A fault of the runtime or of a listener', () => {
  const ends: unknown[] = [];
  const note = (error: unknown) => ends.push(error);

  beforeEach(() => {
    ends.length = 0;
    process.on('unhandledRejection', note);
  });

  afterEach(async () => {
    await soon();
    process.off('unhandledRejection', note);
    assert.deepEqual(ends, [], 'nothing would have ended the process');
  });

  it('does not leave an input handler, whatever fails while it tells of its error', async () => {
    const node = new FailingNode();
    onInput(RED, node, new PendingWork(), { read: fail, act: () => undefined });
    node.emit('input', { _msgid: '1' }, fail, fail);
    await soon();
    assert.ok(node.tries >= 2, 'it tried to tell of it');
  });

  it('does not leave a close handler, which is done all the same', async () => {
    for (const handler of [fail, () => Promise.reject(new Error('later'))]) {
      const node = new FailingNode();
      onClose(node, handler);
      const done = new Promise<void>((resolve) =>
        node.emit('close', true, () => {
          resolve();
          fail();
        }),
      );
      await done;
      await soon();
      assert.equal(node.tries, 2, 'of the handler and of done');
    }
  });

  it('does not leave the timer of a close that takes too long, nor keep it from its end', async () => {
    const time = new SimulatedTime();
    const node = new FailingNode();
    onClose(node, () => new Promise(() => undefined), { timers: time.timers, underWay: fail });
    let done = 0;
    node.emit('close', true, () => (done += 1));
    await time.advance(1_999);
    assert.equal(done, 0);
    await time.advance(1);
    await soon();
    assert.equal(done, 1);
    let ended = false;
    const end = within(new Promise(() => undefined), 5, time.timers, fail).then(() => (ended = true));
    await time.advance(5);
    await end;
    assert.ok(ended);
  });

  it('does not leave the timer of a status badge, which goes on', async () => {
    const time = new SimulatedTime();
    const node = new FailingNode();
    const badge = new StatusBadge(WITHOUT_CATALOGS, node, time.timers);
    badge.show(badges.connecting);
    badge.show(badges.offline);
    await time.advance(1_000);
    assert.equal(node.tries, 2);
  });

  it('does not leave the start of the flows, and the other nodes start', () => {
    const events = new EventEmitter();
    const node = new FailingNode();
    let others = 0;
    atFlowsStarted({ events }, node, fail);
    atFlowsStarted({ events }, node, () => (others += 1));
    events.emit('flows:started');
    assert.deepEqual([others, node.tries], [1, 1]);
  });

  it('of one listener keeps no other from hearing of a change', () => {
    const heard: string[] = [];
    const list = new SignalList((error) => {
      heard.push(error.message);
      fail();
    });
    list.on(fail);
    list.on(() => heard.push('the other'));
    list.emit();
    assert.deepEqual(heard, ['a fault', 'the other']);
  });

  it('does not end the attempts at something', async () => {
    const { signal } = new AbortController();
    let attempts = 0;
    const attempt = () => (++attempts < 2 ? Promise.reject(new Error('not yet')) : Promise.resolve('there'));
    const time = new SimulatedTime();
    const platform = { timers: time.timers, random: systemPlatform.random };
    const result = untilDone(attempt, { platform, signal, onFailure: fail });
    await time.advance(60_000);
    assert.equal(await result, 'there');
  });

  it('does not leave the set-up of a node with settings that are no good', async () => {
    const events = new EventEmitter();
    const node = new FailingNode();
    const runtime = { ...RED, events, _: fail } as Runtime;
    assert.doesNotThrow(() => startGuarded(runtime, node, fail));
    events.emit('flows:started');
    node.emit('input', { _msgid: '1' }, fail, fail);
    const done = new Promise<void>((resolve) => node.emit('close', true, resolve));
    await done;
    await soon();
    assert.ok(node.tries >= 3, 'it tried to show and to tell of it');
  });

  it('does not leave the answer to a request of the editor, which may be gone', async () => {
    const answer: Answer = { set: fail, json: fail, status: fail, type: fail, send: fail };
    await answered({ _: fail }, answer, () => ({}));
    await answered({ _: fail }, answer, fail);
    let said: unknown;
    const there: Answer = { ...answer, set: () => there, status: () => there, json: (body) => (said = body) };
    await answered({ _: fail }, there, fail);
    assert.deepEqual(said, { code: 'Error', message: 'a fault' });
  });

  it('of a text leaves the English one', () => {
    assert.equal(translated({ _: fail }, 'sidebar', 'a', {}, 'English'), 'English');
  });

  it('does not leave what tells the editors of changes, and they hear of the next one', async () => {
    const time = new SimulatedTime();
    const session = { changed: new SignalList() };
    const sessions = { all: () => new Map([['a', session]]), changed: new SignalList() };
    let told = 0;
    const publish = () => {
      told += 1;
      fail();
    };
    new Live({ timers: time.timers, sessions, publish });
    session.changed.emit();
    await time.advance(500);
    assert.equal(told, 2);
  });
});
