import assert from 'node:assert/strict';
import { DAY, HOUR, MINUTE } from '../support/world';
import { PathOracle } from './support/town/oracle/path-oracle';
import type { Incident, Resident, TownPlan } from './support/town/plans/plan';
import { letterAt, planOf, residents } from './support/town/plans/small-plans';

const [A, B, N] = [0, 1, 2];
/** The plans end before. */
const NEVER = 9 * DAY;

describe('the path oracle', () => {
  const offline = (who: number, from: number, to: number): Incident[] => [
    { kind: 'offline', who, at: from },
    { kind: 'online', who, at: to },
  ];
  const pathOf = (
    incidents: Incident[],
    at: number,
    more: Partial<TownPlan> & { lifetime?: number } = {},
  ) => {
    const plan = planOf(incidents, more);
    const letter = letterAt(at, more.lifetime);
    return new PathOracle(plan, [letter]).pathOf(letter);
  };

  it('owes a message that both were online for, 10 minutes after it was accepted', () => {
    assert.deepEqual(pathOf([], HOUR), { way: 'direct', by: HOUR + 10 * MINUTE });
  });

  it('owes nothing for 10 minutes that something interrupts', () => {
    const cut: Incident[][] = [
      [{ kind: 'drop', who: A, to: B, at: HOUR + 5 * MINUTE }],
      [
        { kind: 'partition', who: A, to: B, at: HOUR + 5 * MINUTE },
        { kind: 'heal', who: A, to: B, at: HOUR + 6 * MINUTE },
      ],
      [
        { kind: 'crash', who: B, at: HOUR + 5 * MINUTE, how: 'kill', silent: true },
        { kind: 'start', who: B, at: HOUR + 6 * MINUTE },
      ],
      offline(A, HOUR + 5 * MINUTE, HOUR + 6 * MINUTE),
      [
        { kind: 'weather', at: HOUR, jitter: 0, breaks: 0.1 },
        { kind: 'weather', at: HOUR + 6 * MINUTE, jitter: 0, breaks: 0 },
      ],
    ];
    for (const incidents of cut) {
      const path = pathOf([...incidents, ...offline(N, 30 * MINUTE, DAY)], HOUR);
      assert.ok(path !== undefined && path.by >= HOUR + 15 * MINUTE, incidents[0]?.kind);
    }
  });

  it('owes one through a node that both meet one after the other', () => {
    const path = pathOf([...offline(B, 50 * MINUTE, 3 * HOUR), ...offline(A, 2 * HOUR, NEVER)], HOUR);
    assert.deepEqual(path, { way: 'stored', by: 3 * HOUR + 10 * MINUTE });
  });

  describe('owes nothing through a node', () => {
    const apart = [...offline(B, 50 * MINUTE, 3 * HOUR), ...offline(A, 2 * HOUR, NEVER)];
    const cases: [string, Incident[], (Partial<TownPlan> & { lifetime?: number })?][] = [
      ['to friends who never met', [{ kind: 'partition', who: A, to: B, at: 0 }, ...apart]],
      ['after its time', [...offline(B, 50 * MINUTE, 26 * HOUR), ...offline(A, 2 * HOUR, NEVER)]],
      ['after the life of the message', apart, { lifetime: HOUR }],
      ['that lies', apart, { residents: residents({ lie: 'discard' }) }],
      [
        'that is no friend of the recipient',
        apart,
        {
          friends: [
            [A, B],
            [A, N],
          ],
        },
      ],
      [
        'that the recipient meets for less',
        [
          ...apart,
          { kind: 'drop', who: B, to: N, at: 3 * HOUR + MINUTE },
          ...offline(B, 3 * HOUR + 9 * MINUTE, NEVER),
        ],
      ],
      ['to one whose directory was restored', [...apart, { kind: 'restore-identity', who: B, at: 2 * HOUR }]],
      [
        'from one whose directory was restored',
        [...apart, { kind: 'restore-directory', who: A, at: 90 * MINUTE }],
      ],
    ];
    for (const [what, incidents, more] of cases) {
      it(what, () => {
        const sorted = incidents.toSorted((a, b) => a.at - b.at);
        assert.equal(pathOf(sorted, HOUR, more), undefined);
      });
    }

    it('while others could be chosen in its place that do not reach the recipient', () => {
      const liars: Resident[] = [0, 1, 2].map((n) => ({
        ...residents({ lie: 'deny' })[N]!,
        name: `Liar ${n}`,
      }));
      const friends = [
        [A, B],
        [A, N],
        [B, N],
        [A, 3],
        [A, 4],
      ] as const;
      const all = { residents: [...residents(), ...liars] };
      assert.equal(
        pathOf(apart, HOUR, { ...all, friends })?.way,
        'stored',
        'two of them and it are three copies',
      );
      assert.equal(pathOf(apart, HOUR, { ...all, friends: [...friends, [A, 5]] }), undefined);
    });
  });

  it('owes no message that its sender forgot before the path was over', () => {
    const restore: Incident = { kind: 'restore-directory', who: A, at: HOUR + 5 * MINUTE };
    assert.equal(pathOf([restore], HOUR), undefined);
  });

  it('takes nobody as online who may have died before its start', () => {
    const crash = { kind: 'crash', who: B, at: HOUR, how: 'kill', silent: true, point: 'commit' } as const;
    const start = (at: number): Incident => ({ kind: 'start', who: B, at });
    assert.equal(pathOf([crash, start(HOUR + 5_000)], HOUR), undefined);
    assert.deepEqual(pathOf([crash, start(HOUR + 25_000)], HOUR)?.by, HOUR + 25_000 + 10 * MINUTE);
  });
});
