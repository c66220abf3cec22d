import assert from 'node:assert/strict';
import { diagnoseFriend, type FriendSituation } from '../../../../lib/manager/diagnosis/findings';

const session = { attached: true, online: true, problem: undefined, waiting: 0, wrongClock: undefined };
const away: FriendSituation = {
  friend: new Uint8Array(32),
  label: 'Phone',
  online: false,
  isHere: false,
  plainClient: false,
  isSilent: false,
  silentDays: 0,
  hasMet: true,
  sendable: 50,
  nodes: 2,
  refusal: undefined,
  openNodes: [],
  queued: 0,
  stored: 0,
  reason: undefined,
  isElsewhere: false,
  isRestored: false,
  hadDeadKeys: false,
};

describe('the findings about a friend', () => {
  const codes = (situation: Partial<FriendSituation>) =>
    diagnoseFriend(session, { ...away, ...situation }).map(({ level, code }) => `${level} ${code}`);

  it('say which way a message would take, or what is missing', () => {
    assert.deepEqual(codes({}), ['ok stored']);
    assert.deepEqual(codes({ isHere: true }), ['ok direct']);
    assert.deepEqual(codes({ nodes: 0 }), ['warning no-storage-node']);
    assert.deepEqual(codes({ refusal: 'node-full' }), ['warning refused']);
    assert.deepEqual(codes({ isHere: true, refusal: 'node-full' }), ['ok direct']);
    assert.deepEqual(codes({ sendable: 0 }), ['warning no-prekeys']);
    assert.deepEqual(codes({ sendable: 0, hasMet: false }), ['warning never-met']);
    assert.deepEqual(codes({ plainClient: true, sendable: 0, hasMet: false }), ['info plain-client']);
  });

  it('say that a friend is connected and does not answer, or somebody in their place', () => {
    assert.deepEqual(codes({ online: true, isSilent: true }), ['ok stored', 'warning no-answer']);
    const longAgo = { online: true, isSilent: true, silentDays: 30 };
    assert.deepEqual(codes(longAgo), ['ok stored', 'warning silent-client']);
    assert.deepEqual(codes({ plainClient: true, isSilent: true }), ['info plain-client']);
  });

  it('say what happened to keys', () => {
    const happened = { isElsewhere: true, isRestored: true, hadDeadKeys: true };
    assert.deepEqual(codes(happened).slice(1), ['warning elsewhere', 'info restored', 'info dead-keys']);
  });

  it('tell what waits from what is kept', () => {
    assert.deepEqual(codes({ queued: 2, stored: 1, reason: 'refused' }).slice(1), [
      'info queued',
      'info kept',
    ]);
  });
});
