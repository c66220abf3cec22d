import assert from 'node:assert/strict';
import type { EventEmitter } from 'node:events';
import helper from 'node-red-node-test-helper';
import { systemPlatform } from '../../lib/index';
import { THREE, withChange } from './support/flows';
import { countListeners, countTimers } from './support/live-things';
import { managerOf, met, NodeRed, sessionOf, until } from './support/node-red';

const ROUNDS = process.env.FULL === '1' ? 50 : 10;
const SESSIONS = ['device-session', 'phone-session', 'home-session'];

/** What each kind of deploy restarts: all, the tab of a changed node, or the changed node alone. */
const KINDS = {
  full: ['full', 'received'],
  flows: ['flows', 'received'],
  'nodes, the sender': ['nodes', 'send'],
  'nodes, the receiver': ['nodes', 'receive'],
} as const;
type Kind = keyof typeof KINDS;

/** Longest time that the nodes of a deploy may take to close, milliseconds. */
const CLOSE_LIMIT = 2_000;

const listenersOf = (emitter: Pick<EventEmitter, 'eventNames' | 'listenerCount'>) =>
  Object.fromEntries(emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]));

describe('Redeploys while messages are under way', function () {
  this.timeout(ROUNDS * 6_000);
  let red: NodeRed;
  let timers: ReturnType<typeof countTimers>;
  let ourListeners: (() => number)[];
  /** How long each deploy took to close its nodes, milliseconds. */
  const closes: number[] = [];
  let since = 0;
  const stopping = () => (since = performance.now());
  const stopped = () => closes.push(performance.now() - since);

  before(async () => {
    helper._events.on('flows:stopping', stopping);
    helper._events.on('flows:stopped', stopped);
    timers = countTimers(systemPlatform.timers);
    red = await NodeRed.start(THREE);
    const listeners = SESSIONS.map((id) => countListeners(sessionOf(red, id).changed));
    ourListeners = listeners;
    await met(red, ...SESSIONS);
  });

  after(async () => {
    await red.stop();
    timers.end();
    helper._events.off('flows:stopping', stopping);
    helper._events.off('flows:stopped', stopped);
  });

  afterEach(() => {
    assert.ok(closes.length >= ROUNDS);
    assert.deepEqual(
      closes.splice(0).filter((ms) => ms > CLOSE_LIMIT),
      [],
    );
  });

  /** Three messages, a deploy, and one more. */
  async function round(kind: Kind, index: number): Promise<void> {
    for (const part of ['a', 'b', 'c']) {
      red.send('send', { payload: `${kind} ${index} ${part}`, friend: 'phone' });
    }
    const [type, changed] = KINDS[kind];
    await red.deploy(withChange(THREE, changed, { name: `${kind} ${index}` }), type);
    red.send('send', { payload: `${kind} ${index} d`, friend: 'phone' });
    await red.wait('receipts', ({ payload }) => payload === `${kind} ${index} d`);
  }

  /** All that was accepted has been delivered, and nothing is under way. */
  async function quiet(): Promise<void> {
    const device = await managerOf(red, 'device-session');
    const received = () => new Set(red.probes.all('received').map(({ payload }) => payload));
    const ended = () => new Set(red.probes.all('outcomes').map(({ receipt }) => receipt.messageId));
    await until('the outbox is empty', () => device.counts().unfinished === 0);
    await until('all that got a receipt came out, and was reported as delivered', () =>
      red.probes
        .all('receipts')
        .every(({ payload, receipt }) => received().has(payload) && ended().has(receipt.messageId)),
    );
  }

  const footprint = () => ({
    runtime: listenersOf(helper._events),
    process: listenersOf(process),
    sessions: ourListeners.map((count) => count()),
  });

  for (const kind of Object.keys(KINDS) as Kind[]) {
    it(`(${kind}, ${ROUNDS} times) lose and double nothing, and leave nothing behind`, async () => {
      await red.deploy(THREE);
      await round(kind, 0);
      await quiet();
      const before = footprint();
      const timersBefore = timers.count();
      const handlesBefore = process.getActiveResourcesInfo().length;
      for (let index = 1; index <= ROUNDS; index += 1) await round(kind, index);
      await quiet();
      const received = red.probes.all('received').map(({ payload }) => String(payload));
      assert.equal(new Set(received).size, received.length, 'no message comes twice');
      const delivered = red.probes
        .all('outcomes')
        .filter(({ payload }) => payload === 'delivered')
        .map(({ receipt }) => receipt.messageId);
      assert.equal(new Set(delivered).size, delivered.length, 'no outcome comes twice');
      assert.deepEqual(footprint(), before, 'listeners');
      // Sessions have timers and files of their own, which come and go; a deploy must not leave one each.
      await until(
        `no timer for each redeploy: ${timersBefore}`,
        () => timers.count() < timersBefore + ROUNDS / 2,
      );
      await until(
        `no handle for each redeploy: ${handlesBefore}`,
        () => process.getActiveResourcesInfo().length < handlesBefore + ROUNDS / 2,
      );
      assert.deepEqual(red.probes.all('errors'), []);
    });
  }
});
