import assert from 'node:assert/strict';
import type { Finding, FriendSnapshot, SessionSnapshot } from '../../../lib/index';
import { friendFindings, keysView, sessionFindings, worstOf } from '../../../nodes/sidebar/concerns';

const finding = (code: string, level: Finding['level'] = 'warning'): Finding => ({
  code,
  level,
  text: code,
  params: {},
});

const friend = (more: Partial<FriendSnapshot> = {}): FriendSnapshot => ({
  publicKey: new Uint8Array(32),
  online: false,
  session: false,
  plainClient: false,
  hasMet: true,
  keepsMail: false,
  keys: { sendable: 50, full: 100, low: 20, receivable: 100 },
  queued: 0,
  stored: 0,
  findings: [],
  ...more,
});

const session = (more: Partial<SessionSnapshot> = {}): SessionSnapshot => ({
  publicKey: new Uint8Array(32),
  toxId: '',
  attached: true,
  online: true,
  engine: 'lmdb',
  counts: { queued: 0, stored: 0, unfinished: 0, waiting: 0, failed: 0, friends: 0, online: 0, nodes: 0 },
  friends: [],
  outbox: [],
  inbox: [],
  nodes: [],
  kept: { role: 'friends', messages: 0, friends: 0, bytes: 0, capacityBytes: 1 },
  findings: [],
  ...more,
});

describe('What is worth a word unasked', () => {
  const matter = (findings: { matters: boolean }[]) => findings.map(({ matters }) => matters);

  it('is a warning or an error, and nothing less', () => {
    const findings = [
      finding('a', 'ok'),
      finding('b', 'info'),
      finding('c', 'warning'),
      finding('d', 'error'),
    ];
    assert.deepEqual(matter(sessionFindings(session({ findings }), true)), [false, false, true, true]);
  });

  it('is a lost connection that is wanted, after a minute', () => {
    const lost = (since?: number) =>
      session({ findings: [finding('not-connected')], ...(since !== undefined && { since }) });
    assert.deepEqual(matter(sessionFindings(lost(59), true)), [false]);
    assert.deepEqual(matter(sessionFindings(lost(), true)), [false]);
    assert.deepEqual(matter(sessionFindings(lost(60), true)), [true]);
    assert.deepEqual(matter(sessionFindings(lost(3600), false)), [false]);
  });

  it('is a friend without keys or nodes when a message waits for that', () => {
    for (const code of ['never-met', 'no-storage-node', 'refused']) {
      const findings = [finding(code)];
      assert.deepEqual(matter(friendFindings(friend({ findings }))), [false], code);
      assert.deepEqual(matter(friendFindings(friend({ findings, queued: 1 }))), [true], code);
    }
    assert.deepEqual(matter(friendFindings(friend({ findings: [finding('elsewhere')] }))), [true]);
  });

  it('is a stock of keys that is small, or that will not last three days', () => {
    const areLow = (keys: Partial<FriendSnapshot['keys']>, more: Partial<FriendSnapshot> = {}) =>
      keysView(friend({ keys: { ...friend().keys, ...keys }, ...more })).areLow;
    assert.deepEqual([areLow({ sendable: 20 }), areLow({ sendable: 19 })], [false, true]);
    assert.deepEqual([areLow({ days: 3 }), areLow({ days: 2.9 })], [false, true]);
    assert.equal(areLow({ sendable: 0 }), false, 'a finding says that there are none');
    assert.equal(areLow({ sendable: 4 }, { hasMet: false }), false);
    assert.equal(areLow({ sendable: 4 }, { plainClient: true }), false);
  });

  it('gives a session its mark: the worst of all that matters', () => {
    assert.equal(worstOf(session({ findings: [finding('x', 'info')] }), true), 'ok');
    assert.equal(worstOf(session({ friends: [friend({ findings: [finding('never-met')] })] }), true), 'ok');
    assert.equal(
      worstOf(session({ friends: [friend({ findings: [finding('elsewhere')] })] }), true),
      'warning',
    );
    assert.equal(worstOf(session({ findings: [finding('no-transport', 'error')] }), true), 'error');
    const keys = { ...friend().keys, sendable: 4 };
    assert.equal(worstOf(session({ friends: [friend({ keys })] }), true), 'warning');
  });
});
