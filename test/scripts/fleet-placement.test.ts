import assert from 'node:assert/strict';
import {
  aloneFor,
  cellsFor,
  fleetFor,
  fullestOf,
  homesIn,
  MOST_FRIENDS,
} from '../../scripts/fleet/placement';

describe('What cells and fleets take', () => {
  it('is 42 nodes of a fleet for 5,000 users', () => {
    assert.equal(fleetFor(5_000), 42);
  });

  it('is no more friends than a process serves at any node of the fleet, also while two are away', () => {
    assert.ok(fullestOf(homesIn(5_000, 42)) <= 240);
    for (const away of [[0], [0, 1], [5, 30]]) assert.ok(fullestOf(homesIn(5_000, 42, away)) <= MOST_FRIENDS);
  });

  it('is two nodes for each user that are not away, and the same pair for few', () => {
    for (const away of [[], [0, 3]]) {
      const homes = homesIn(5_000, 42, away);
      assert.ok(homes.every((own) => new Set(own).size === 2 && !own.some((node) => away.includes(node))));
      const pairs = new Map<string, number>();
      for (const own of homes) pairs.set(own.join(), (pairs.get(own.join()) ?? 0) + 1);
      assert.ok(Math.max(...pairs.values()) <= 10);
    }
  });

  it('is 190 to 612 nodes that stand alone, by how far contacts are', () => {
    assert.equal(aloneFor(5_000, 20, 0.17), 190);
    assert.equal(aloneFor(5_000, 20, 0.665), 612);
  });

  it('is cells of which none has more devices than a process serves, and not many more than must be', () => {
    const { cells, fullest, processes } = cellsFor(1_000);
    assert.ok(fullest + 2 <= MOST_FRIENDS);
    assert.ok(cells >= 5 && cells <= 6, String(cells));
    assert.equal(processes, 3 * cells);
  });
});
