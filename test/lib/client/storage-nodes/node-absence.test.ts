import assert from 'node:assert/strict';
import { NodeAbsence } from '../../../../lib/client/storage-nodes/node-absence';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';

const node = new Uint8Array(32).fill(1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the absence of a storage node', () => {
  let time: SimulatedTime;
  let absence: NodeAbsence;

  beforeEach(() => {
    time = new SimulatedTime();
    absence = new NodeAbsence(time.clock);
    absence.noteOnline(true);
    absence.noteSeen(node);
  });

  it('counts after more than an hour, and starts over when the node was there', async () => {
    await time.advance(HOUR);
    assert.equal(absence.isGone(node), false);
    await time.advance(1);
    assert.equal(absence.isGone(node), true);
    absence.noteSeen(node);
    assert.equal(absence.isGone(node), false);
    await time.advance(HOUR + 1);
    assert.equal(absence.isGone(node), true);
  });

  it('does not count while we are offline ourselves', async () => {
    await time.advance(HOUR / 2);
    absence.noteOnline(false);
    await time.advance(2 * HOUR);
    assert.equal(absence.isGone(node), false);
    absence.noteOnline(true);
    await time.advance(HOUR / 2);
    assert.equal(absence.isGone(node), false, 'half an hour before, half an hour after');
    await time.advance(1);
    assert.equal(absence.isGone(node), true);
  });

  it('does not count for a minute after our own return, however long it was before', async () => {
    await time.advance(3 * HOUR);
    absence.noteOnline(false);
    absence.noteOnline(true);
    await time.advance(MINUTE - 1);
    assert.equal(absence.isGone(node), false);
    await time.advance(1);
    assert.equal(absence.isGone(node), true);
  });

  it('of one that was not seen yet counts from the time that we are online', async () => {
    const other = new Uint8Array(32).fill(2);
    const later = new NodeAbsence(time.clock);
    await time.advance(5 * HOUR);
    assert.equal(later.isGone(other), false);
    later.noteOnline(true);
    await time.advance(HOUR);
    assert.equal(later.isGone(other), false);
    await time.advance(1);
    assert.equal(later.isGone(other), true);
  });

  it('is not shortened when the network says again that we are online', async () => {
    await time.advance(HOUR / 2);
    absence.noteOnline(true);
    await time.advance(HOUR / 2 + 1);
    assert.equal(absence.isGone(node), true);
  });

  it('is forgotten with the node', async () => {
    await time.advance(HOUR / 2);
    absence.noteSeen(node);
    absence.forget(node);
    await time.advance(HOUR / 2 + 1);
    assert.equal(absence.isGone(node), true, 'as of one that was never seen');
  });
});
