import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import type { AsyncManagerOptions, Logger, Random } from '../../../lib/index';
import { ToxAsyncError } from '../../../lib/index';
import { SimulatedTime } from '../../../lib/testing/simulated-platform';
import { onClose } from '../../../nodes/runtime/handlers/close';
import { SessionRegistry } from '../../../nodes/session/session-registry';
import type { SessionSettings } from '../../../nodes/session/session-settings';
import { FakeManager } from '../support/fake-manager';

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const settings = (more: Partial<SessionSettings> = {}): SessionSettings => ({
  name: 'Ann',
  dataDir: '/data/ann',
  friends: [],
  admission: { kind: 'manual' },
  befriendOpenNodes: false,
  storageRole: 'friends',
  storageCapBytes: 64_000_000,
  engine: 'auto',
  ...more,
});

/** Lets back-off wait as long as it says, neither more nor less. */
const unspread: Random = { bytes: (n) => new Uint8Array(n).fill(0x80, 0, 1) };

describe('The sessions behind the storage-nodes', () => {
  let time: SimulatedTime;
  let made: { manager: FakeManager; options: AsyncManagerOptions }[];
  let failures: Error[];
  let registry: SessionRegistry<FakeManager>;

  beforeEach(() => {
    time = new SimulatedTime();
    made = [];
    failures = [];
    registry = new SessionRegistry({
      timers: time.timers,
      random: unspread,
      create: async (options) => {
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
        const manager = new FakeManager(options.dataDir.length);
        made.push({ manager, options });
        return manager;
      },
    });
  });

  it('outlive a redeploy with the same settings', async () => {
    const session = registry.acquire('a', settings(), quiet);
    await session.opened();
    await registry.release('a', false);
    await time.advance(9_000);
    assert.equal(registry.acquire('a', settings(), quiet), session);
    await time.advance(60_000);
    assert.equal(session.closed, false);
    assert.equal(made.length, 1);
  });

  for (const change of [{ engine: 'nedb' }, { befriendOpenNodes: true }] as const) {
    it(`are closed and opened again when a setting changes, in this order: ${Object.keys(change).join()}`, async () => {
      const old = registry.acquire('a', settings(), quiet);
      await old.opened();
      await registry.release('a', false);
      const next = registry.acquire('a', settings(change), quiet);
      assert.notEqual(next, old);
      await next.opened();
      assert.deepEqual(made[0]?.manager.calls.at(-1), 'stop');
      assert.equal(made.length, 2);
      assert.deepEqual(made[1]?.options, { ...made[1]?.options, ...change });
    });
  }

  it('close at once when their node is removed', async () => {
    const session = registry.acquire('a', settings(), quiet);
    await session.opened();
    await registry.release('a', true);
    assert.equal(made[0]?.manager.calls.at(-1), 'stop');
    await assert.rejects(session.manager(), { code: 'ErrClosed' });
  });

  it('close also when they had no time to begin', async () => {
    const session = registry.acquire('a', settings(), quiet);
    await registry.release('a', true);
    await assert.rejects(session.opened(), { code: 'ErrClosed' });
    assert.deepEqual(made, []);
  });

  it('say what their close is doing', async () => {
    const session = registry.acquire('a', settings(), quiet);
    await session.opened();
    const [manager] = made.map((each) => each.manager);
    let atStop = '';
    Object.assign(manager ?? {}, { stop: async () => void (atStop = session.closingStep) });
    const released = registry.release('a', true);
    assert.equal(session.closingStep, 'opening the data directory');
    await released;
    assert.match(atStop, /closing the data directory/);
  });

  it('close 10 s after their node left and did not come back', async () => {
    const session = registry.acquire('a', settings(), quiet);
    await session.opened();
    await registry.release('a', false);
    await time.advance(9_999);
    assert.equal(session.closed, false);
    await time.advance(2);
    assert.equal(session.closed, true);
  });

  it('begin with the network when the flows start, also when they open only later', async () => {
    const early = registry.acquire('a', settings(), quiet);
    await early.opened();
    assert.ok(!made[0]?.manager.calls.includes('start'));
    await early.start();
    assert.ok(made[0]?.manager.calls.includes('start'));

    const late = registry.acquire('b', settings({ dataDir: '/data/bob-here' }), quiet);
    await late.start();
    await late.opened();
    assert.ok(made[1]?.manager.calls.includes('start'));
  });

  it('keep trying to open, ever more slowly, and say why they cannot', async () => {
    failures = [new ToxAsyncError('ErrStore', 'broken'), new ToxAsyncError('ErrStore', 'broken')];
    const session = registry.acquire('a', settings(), quiet);
    await assert.rejects(session.manager(), { code: 'ErrStore' });
    assert.ok(ToxAsyncError.is(session.failure, 'ErrStore'));
    await time.advance(1_000);
    await assert.rejects(session.manager(), { code: 'ErrStore' });
    await time.advance(1_999);
    assert.equal(session.open, undefined);
    await time.advance(2);
    assert.notEqual(session.open, undefined);
    assert.equal(session.failure, undefined);
  });

  it('refuse a second session of the same identity, until the first is gone', async () => {
    const first = registry.acquire('a', settings(), quiet);
    await first.opened();
    const second = registry.acquire('b', settings({ dataDir: '/copy/of' + 'x' }), quiet);
    await assert.rejects(second.manager(), { code: 'ErrIdentityInUse' });
    await registry.release('a', true);
    await time.advance(1_001);
    await second.opened();
  });

  it('can swap their directories in one deploy', async () => {
    const a = registry.acquire('a', settings({ dataDir: '/data/1' }), quiet);
    const b = registry.acquire('b', settings({ dataDir: '/data/two' }), quiet);
    await Promise.all([a.opened(), b.opened()]);
    await Promise.all([registry.release('a', false), registry.release('b', false)]);
    const newA = registry.acquire('a', settings({ dataDir: '/data/two' }), quiet);
    const newB = registry.acquire('b', settings({ dataDir: '/data/1' }), quiet);
    await Promise.all([newA.manager(), newB.manager()]);
    assert.equal(made.length, 4);
  });

  it('keep an outcome for a node that is away for a redeploy, and forget it with a removed one', async () => {
    const session = registry.acquire('a', settings(), quiet);
    await session.opened();
    const outcome = (node: string) => ({
      messageId: new Uint8Array(32),
      friend: new Uint8Array(32),
      state: 'delivered' as const,
      nodes: 0,
      wanted: 3,
      createdAt: 1,
      expiresAt: 2,
      at: 1,
      context: { node, msgid: 'm' },
    });
    const heard: string[] = [];
    session.outcomes.register('send', (_outcome, { node }) => heard.push(node));
    session.outcomes.unregister('send', false);
    made[0]?.manager.events.emit('outcome', outcome('send'));
    made[0]?.manager.events.emit('outcome', outcome('other'));
    session.outcomes.register('send', (_outcome, { node }) => heard.push(node));
    session.outcomes.unregister('other', true);
    session.outcomes.register('other', (_outcome, { node }) => heard.push(node));
    await turn();
    assert.deepEqual(heard, ['send']);
  });

  it('keep no deploy waiting for longer than 2 s when their store hangs, and say what is under way', async () => {
    const node = new EventEmitter();
    const warnings: string[] = [];
    const session = registry.acquire('a', settings(), quiet);
    await session.opened();
    Object.assign(made[0]?.manager ?? {}, { stop: () => new Promise(() => undefined) });
    onClose(
      { on: (event, listener) => node.on(event, listener), warn: (text) => warnings.push(text) },
      (removed) => registry.release('a', removed),
      { underWay: () => session.closingStep, timers: time.timers },
    );
    let isOver = false;
    node.emit('close', true, () => (isOver = true));
    await time.advance(1_999);
    assert.equal(isOver, false);
    await time.advance(1);
    assert.equal(isOver, true);
    assert.match(warnings.join(), /2 s.*closing the data directory/);
  });
});
