import assert from 'node:assert/strict';
import { IssueBudget } from '../../../lib/forward-security/issued/issue-budget';

const peer = new Uint8Array(32).fill(1);
const other = new Uint8Array(32).fill(2);

describe('the budget of keys for one peer', () => {
  let age: number;
  let budget: IssueBudget;

  beforeEach(() => {
    age = 1000;
    budget = new IssueBudget({ now: () => age });
  });

  const left = (most = 3000) => {
    let count = 0;
    while (count < most && budget.allows(peer, count + 1)) count += 1;
    return count;
  };

  it('is 1,664 keys, for each peer', () => {
    assert.equal(left(), 1664);
    budget.spend(other, 1664);
    assert.equal(left(), 1664);
    budget.spend(peer, 1600);
    assert.equal(left(), 64);
  });

  it('comes back within an hour, evenly, and grows no further', () => {
    budget.spend(peer, 1664);
    age += 900;
    assert.equal(left(), 416);
    age += 2700;
    assert.equal(left(), 1664);
    budget.spend(peer, 1);
    age += 100_000;
    assert.equal(left(), 1664);
  });

  it('knows when it will allow so many', () => {
    assert.equal(budget.allowsAt(peer, 1664), 1000);
    assert.equal(budget.allowsAt(peer, 1665), Infinity);
    budget.spend(peer, 1664);
    for (const count of [1, 100, 1664]) {
      age = 1000;
      const at = budget.allowsAt(peer, count);
      age = at - 1;
      assert.equal(budget.allows(peer, count), false);
      age = at;
      assert.equal(budget.allows(peer, count), true);
    }
  });

  it('gets back what the peer used, and no more than there was', () => {
    budget.spend(peer, 1664);
    budget.giveBack(peer, 3);
    assert.equal(left(), 3);
    budget.giveBack(peer, 5000);
    budget.spend(peer, 0);
    assert.equal(left(), 1664);
  });
});
