import assert from 'node:assert/strict';
import { NodeHealth } from '../../../../lib/client/storage-nodes/node-health';

function times(n: number, run: () => void): void {
  for (let i = 0; i < n; i++) run();
}

describe('health of a storage node', () => {
  it('is good while nothing is known', () => {
    assert.equal(new NodeHealth().grade, 0);
  });

  it('is doubtful after one failure of a node we know nothing else of', () => {
    const health = new NodeHealth();
    health.noteFailure();
    assert.equal(health.grade, 1);
  });

  it('stays good through one failure among many successes', () => {
    const health = new NodeHealth();
    times(20, () => health.noteSuccess());
    health.noteFailure();
    assert.equal(health.grade, 0);
  });

  it('becomes bad when failures go on, however good it was', () => {
    const health = new NodeHealth();
    times(1000, () => health.noteSuccess());
    times(20, () => health.noteFailure());
    assert.equal(health.grade, 2);
  });

  it('is bad at once when a confirmed message could not be served', () => {
    const health = new NodeHealth();
    health.noteBroken();
    assert.equal(health.grade, 2);
  });

  it('recovers by successes, and little by little by coming back', () => {
    const health = new NodeHealth();
    health.noteBroken();
    health.noteReturn();
    assert.equal(health.grade, 1);
    times(3, () => health.noteReturn());
    assert.equal(health.grade, 0);
    health.noteBroken();
    times(5, () => health.noteSuccess());
    assert.equal(health.grade, 0);
  });

  it('is doubtful when a node goes on refusing everything', () => {
    const health = new NodeHealth();
    health.noteRefusal();
    assert.equal(health.grade, 0);
    times(5, () => health.noteRefusal());
    assert.equal(health.grade, 1);
  });

  it('knows how quickly the node answers, and is the same from its record', () => {
    const health = new NodeHealth();
    assert.equal(health.answersWithin, undefined);
    health.noteSuccess(100);
    health.noteSuccess(200);
    health.noteSuccess();
    assert.equal(health.answersWithin, 125);
    health.noteBroken();
    const again = new NodeHealth(health.record);
    assert.deepEqual([again.grade, again.answersWithin], [health.grade, 125]);
  });
});
