import assert from 'node:assert/strict';
import { storageNode, TAB, WATCH } from './support/flows';
import { managerOf, NodeRed } from './support/node-red';

/**
 * A project whose credentialSecret is lost or changed: Node-RED then starts the flow without its credentials, and nodes
 * have none.
 */
describe('A session whose credentials are lost', () => {
  let red: NodeRed;
  const flowWith = (credentials?: object, dataDir = 'ann') => [
    TAB,
    ...WATCH,
    storageNode('ann', { dataDir, ...(credentials && { credentials }) }),
  ];
  const toxId = async () => (await managerOf(red, 'ann-session')).toxId;

  beforeEach(async () => {
    red = await NodeRed.start([TAB, ...WATCH]);
  });

  afterEach(() => red.stop());

  it('keeps its identity, which lies in the data folder, when that has no passphrase', async () => {
    await red.deploy(flowWith());
    const before = await toxId();
    await red.deploy([TAB, ...WATCH]);
    await red.deploy(flowWith({}));
    assert.equal(await toxId(), before);
    assert.deepEqual(red.probes.all('errors'), []);
  });

  it('loses none with a passphrase: it says what is missing, and opens when it is typed in again', async () => {
    await red.deploy(flowWith({ passphrase: 'sealed' }));
    const before = await toxId();
    for (const lost of [{ passphrase: '' }, { passphrase: 'another one' }]) {
      await red.deploy(flowWith(lost));
      await assert.rejects(managerOf(red, 'ann-session'), { code: 'ErrPassphrase' });
    }
    await red.deploy(flowWith({ passphrase: 'sealed' }));
    assert.equal(await toxId(), before);
  });
});
