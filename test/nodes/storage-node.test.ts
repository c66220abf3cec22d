import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../lib/index';
import { annFlow, TAB, WATCH, withChange } from './support/flows';
import { managerOf, NodeRed, until } from './support/node-red';

describe('storage-node', function () {
  let red: NodeRed;

  beforeEach(async () => {
    red = await NodeRed.start([TAB, ...WATCH]);
  });

  afterEach(() => red.stop());

  it('logs its Tox ID when it is new, and no more', async () => {
    const ids = () => red.logOf('ann-session').filter((line) => line.startsWith('New Tox ID'));
    await red.deploy(annFlow());
    const { toxId } = await managerOf(red, 'ann-session');
    await until('it is logged', () => ids().length > 0);
    await red.deploy([TAB]);
    await red.deploy(annFlow());
    await managerOf(red, 'ann-session');
    await until('the second start is logged', () => {
      return red.logOf('ann-session').filter((line) => line.startsWith('Engine')).length === 2;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(ids(), [`New Tox ID ${toxId}`]);
  });

  it('tells Catch and Status that its open session takes nothing new, and that it does again', async () => {
    await red.deploy(annFlow());
    const manager = await managerOf(red, 'ann-session');
    await red.status('statuses', 'send', 'no transport');
    let problem: ToxAsyncError | undefined = new ToxAsyncError('ErrDirectoryReplaced', 'Put it back.');
    Object.defineProperty(manager, 'problem', { get: () => problem });
    manager.events.emit('changed', undefined);
    await red.caught('errors', 'ann-session', 'ErrDirectoryReplaced');
    await red.status('statuses', 'ann-session', 'error: ErrDirectoryReplaced');
    await red.status('statuses', 'send', 'error: ErrDirectoryReplaced');
    red.probes.clear('statuses');
    problem = undefined;
    manager.events.emit('changed', undefined);
    await red.status('statuses', 'send', 'no transport');
  });

  it('takes settings from the environment, and says when one is no good', async () => {
    process.env.TOX_ASYNC_TEST_CAP = '2';
    await red.deploy(annFlow({ cap: '${TOX_ASYNC_TEST_CAP}' }));
    await managerOf(red, 'ann-session');
    process.env.TOX_ASYNC_TEST_CAP = 'a lot';
    await red.deploy([TAB]);
    await red.deploy(annFlow({ cap: '${TOX_ASYNC_TEST_CAP}' }));
    await red.caught('errors', 'ann-session', 'ErrNotConfigured');
    red.send('send', { payload: 'x', friend: 'bob' });
    await red.caught('errors', 'send', 'ErrNotConfigured');
    delete process.env.TOX_ASYNC_TEST_CAP;
  });

  it('opens its session again when its settings change', async () => {
    await red.deploy(annFlow());
    const old = await managerOf(red, 'ann-session');
    await red.deploy(withChange(annFlow(), 'ann-session', { cap: 32 }), 'nodes');
    const next = await managerOf(red, 'ann-session');
    assert.notEqual(next, old);
    assert.equal(next.toxId, old.toxId);
    await assert.rejects(async () => old.savePreference('x', 1), { code: 'ErrClosed' });
  });
});
