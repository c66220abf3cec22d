import assert from 'node:assert/strict';
import { aloneFor, cellsFor, fleetFor, MOST_FRIENDS } from '../../scripts/fleet/placement';

describe('What cells and fleets take', () => {
  it('is 42 nodes of a fleet for 5,000 users', () => {
    assert.equal(fleetFor(5_000), 42);
  });

  it('is 190 to 612 nodes that stand alone, by how far contacts are', () => {
    assert.ok(aloneFor(5_000, 20, 0.15) < 190 && aloneFor(5_000, 20, 0.18) > 190);
    assert.ok(aloneFor(5_000, 20, 0.64) < 612 && aloneFor(5_000, 20, 0.69) > 612);
  });

  it('is cells of which none has more devices than a process serves, and not many more than must be', () => {
    const { cells, fullest, processes } = cellsFor(1_000);
    assert.ok(fullest + 2 <= MOST_FRIENDS);
    assert.ok(cells >= 5 && cells <= 6, String(cells));
    assert.equal(processes, 3 * cells);
  });
});
