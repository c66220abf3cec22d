import assert from 'node:assert/strict';
import { problemsOf } from '../../../../nodes/editor/sidebar/problems';
import type { FindingView, FriendView, OpenSessionView } from '../../../../nodes/sidebar/view';

const finding = (code: string, level: FindingView['level'] = 'warning', matters = true): FindingView => ({
  code,
  level,
  text: `${code}.`,
  params: {},
  matters,
});

const friend = (name: string, more: Partial<FriendView> = {}): FriendView => ({
  name,
  publicKey: name,
  online: false,
  state: 'away',
  hasMet: true,
  keepsMail: false,
  queued: 0,
  stored: 0,
  keys: { sendable: 50, full: 100, areLow: false, receivable: 100 },
  changed: 'here',
  findings: [],
  ...more,
});

const open = (friends: FriendView[], findings: FindingView[] = []): OpenSessionView => ({
  publicKey: '',
  engine: 'lmdb',
  network: 'tox',
  wanted: true,
  folder: { path: '' },
  requests: [],
  friends,
  outbox: [],
  inbox: [],
  nodes: [],
  kept: { role: 'friends', messages: 0, friends: 0, bytes: 0, capacityBytes: 1 },
  findings,
});

const low = { sendable: 4, full: 100, areLow: true, days: 1, receivable: 100 };

describe('The problems that the banner shows', () => {
  const codes = (view: Parameters<typeof problemsOf>[0]) => problemsOf(view).map(({ code }) => code);

  it('tell what is wrong with the place of the mail that is kept for others', () => {
    const view = open([]);
    const trouble = { text: 'Fewer standbys confirm.', said: { key: 'text.databaseFew', params: {} } };
    assert.deepEqual(problemsOf({ open: { ...view, kept: { ...view.kept, trouble } } }), [
      { ...trouble, code: 'mail-place', level: 'warning', remedy: 'edit' },
    ]);
  });

  it('are those that matter, errors first, then the session, then friends', () => {
    const friends = [
      friend('a', {
        findings: [
          finding('no-answer'),
          finding('never-met', 'warning', false),
          finding('queued', 'info', false),
        ],
      }),
      friend('b', { findings: [finding('elsewhere', 'error')] }),
    ];
    assert.deepEqual(codes({ open: open(friends, [finding('clock-off')]) }), [
      'elsewhere',
      'clock-off',
      'no-answer',
    ]);
    assert.deepEqual(codes({ open: open([friend('a')]) }), []);
  });

  it('begin with what keeps the session from running, which is said once', () => {
    const trouble = { code: 'ErrLocalStorageFull', text: 'The disk is full.' };
    const [first, ...others] = problemsOf({ trouble, open: open([], [finding('disk-full', 'error')]) });
    assert.deepEqual(
      [first?.code, first?.text, first?.remedy],
      ['ErrLocalStorageFull', 'The disk is full.', 'edit'],
    );
    assert.deepEqual(others, []);
  });

  it('have few keys among them, with the offer to renew them while the friend is there', () => {
    const [away] = problemsOf({ open: open([friend('a', { keys: low })]) });
    assert.deepEqual([away?.code, away?.remedy], ['keys-low', undefined]);
    const [here] = problemsOf({ open: open([friend('a', { keys: low, state: 'online' })]) });
    assert.deepEqual([here?.code, here?.remedy, here?.friend?.name], ['keys-low-here', 'renew', 'a']);
  });
});
