import assert from 'node:assert/strict';
import { annFlow, STRANGER, TAB, WATCH } from '../support/flows';
import { managerOf, NodeRed } from '../support/node-red';

const OTHER_KEY = '9c5f9313eee8df25f88f5c634c70151f5c16ee9298f83758f950d421dcad5f19';

describe('storage-node', function () {
  let red: NodeRed;

  beforeEach(async () => {
    red = await NodeRed.start([TAB, ...WATCH]);
  });

  afterEach(() => red.stop());

  it('adds the friends of its list, and removes those that leave it', async () => {
    await red.deploy(annFlow({ friends: [{ name: 'bob', key: STRANGER }] }));
    const manager = await managerOf(red, 'ann-session');
    assert.equal(Buffer.from(manager.resolveFriend('bob')).toString('hex'), STRANGER);
    await red.deploy(annFlow({ friends: [{ name: 'Robert', key: STRANGER.toUpperCase() }] }));
    const renamed = await managerOf(red, 'ann-session');
    assert.deepEqual(
      renamed.friends().map(({ name }) => name),
      ['Robert'],
    );
    await red.deploy(annFlow());
    assert.deepEqual((await managerOf(red, 'ann-session')).friends(), []);
  });

  it('reports a friend that is none to Catch, and takes the others', async () => {
    const friends = [
      { name: 'short', key: 'abc' },
      { name: 'checksum', key: `${STRANGER}000000001234` },
      { name: 'zero', key: '00'.repeat(32) },
      { name: 'bob', key: STRANGER },
    ];
    await red.deploy(annFlow({ friends }));
    await red.caught('errors', 'ann-session', 'ErrInvalidToxId');
    await red.wait('errors', () => red.probes.all('errors').length === 3);
    assert.deepEqual(
      red.probes.all('errors').map(({ error }) => error.code),
      ['ErrInvalidKey', 'ErrInvalidToxId', 'ErrInvalidKey'],
    );
    assert.deepEqual(
      (await managerOf(red, 'ann-session')).friends().map(({ name }) => name),
      ['bob'],
    );
  });

  it('names the variable of a friend that is not set, and takes the others', async () => {
    const carl = { name: 'carl', key: OTHER_KEY };
    for (const entry of [
      { name: 'bob', key: '${TOX_ASYNC_NOT_THERE}' },
      { name: '${TOX_ASYNC_NOT_THERE}', key: STRANGER },
    ]) {
      red.probes.clear('errors');
      await red.deploy([TAB]);
      await red.deploy(annFlow({ friends: [entry, carl] }));
      const { error } = await red.caught('errors', 'ann-session', 'ErrEnvironment');
      assert.match(error.message, /Variable TOX_ASYNC_NOT_THERE is not set/);
      const names = (await managerOf(red, 'ann-session')).friends().map(({ name }) => name);
      assert.ok(names.includes('carl'));
    }
  });

  it('removes nobody while an entry of its list is bad, and removes them once it is not', async () => {
    process.env.TOX_ASYNC_TEST_FRIEND = STRANGER;
    const carl = { name: 'carl', key: OTHER_KEY };
    const names = async () => (await managerOf(red, 'ann-session')).friends().map(({ name }) => name);
    await red.deploy(annFlow({ friends: [{ name: 'bob', key: '${TOX_ASYNC_TEST_FRIEND}' }, carl] }));
    assert.deepEqual(await names(), ['bob', 'carl']);
    delete process.env.TOX_ASYNC_TEST_FRIEND;
    for (const bad of ['${TOX_ASYNC_TEST_FRIEND}', '', STRANGER.slice(0, 60), `${STRANGER}x`]) {
      await red.deploy(annFlow({ friends: [{ name: 'bob', key: bad }] }));
      assert.deepEqual(await names(), ['bob', 'carl'], `the entry "${bad}"`);
    }
    await red.deploy(annFlow({ friends: [{ name: 'x'.repeat(129), key: STRANGER }] }));
    assert.deepEqual(await names(), ['bob', 'carl'], 'a name that is too long');
    await red.deploy(
      annFlow({ friends: [{ name: 'bob', key: `tox:${STRANGER.slice(0, 32)} ${STRANGER.slice(32)}` }] }),
    );
    assert.deepEqual(await names(), ['bob']);
  });

  it('says which entry of the list of who may be a friend is no good', async () => {
    await red.deploy(annFlow({ admission: 'list', allowed: `${STRANGER}, nonsense` }));
    const { error } = await red.caught('errors', 'ann-session', 'ErrInvalidKey');
    assert.match(error.message, /"nonsense/);
  });
});
