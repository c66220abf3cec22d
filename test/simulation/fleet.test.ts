import assert from 'node:assert/strict';
import { runFleetTown } from './support/fleet-town';

const FULL = process.env['FULL'] === '1';
const SIZE = FULL
  ? { users: 200, contacts: 20, nodes: 6, far: 0.5, rounds: 6 }
  : { users: 24, contacts: 6, nodes: 5, far: 0.5, rounds: 2 };

describe(`A fleet of ${SIZE.nodes} storage nodes for a town of ${SIZE.users}`, function () {
  this.timeout(FULL ? 3_600_000 : 120_000);

  it('brings each message once, also between those who have no node in common, when one node is lost', async () => {
    const figures = await runFleetTown('fleet town', SIZE);
    assert.equal(figures.arrived, figures.sent);
    assert.equal(figures.wrong, 0);
    assert.equal(figures.left, 0, 'what was fetched is deleted');
    // Otherwise it proves nothing.
    assert.ok(figures.apart > figures.pairs / 4, `${figures.apart} of ${figures.pairs} pairs`);
    assert.ok(
      figures.mostStored > figures.sent / SIZE.rounds / 2,
      `${figures.mostStored} at most in the store`,
    );
  });
});
