import assert from 'node:assert/strict';
import { HOURS, weekOf } from '../../../../nodes/editor/sidebar/sections/week';
import type { HourView } from '../../../../nodes/sidebar/view';

const hour = (age: number, more: Partial<HourView> = {}): HourView => ({
  age,
  sent: 0,
  stored: 0,
  delivered: 0,
  failed: 0,
  received: 0,
  kept: 0,
  mostUnfinished: 0,
  ...more,
});

describe('The week in the sidebar', () => {
  it('has the hour that runs at its end, and each other where it was', () => {
    const ages = [(HOURS - 1) * 3600 + 60, 3600, 3599, 0];
    const { bars } = weekOf(ages.map((age) => hour(age, { received: 1 })));
    assert.deepEqual(
      bars.map(({ at }) => at),
      [0, HOURS - 2, HOURS - 1, HOURS - 1],
    );
  });

  it('leaves out what is older, and draws no hour in which nothing came or was delivered', () => {
    const week = weekOf([hour(HOURS * 3600, { delivered: 5 }), hour(0, { sent: 1, mostUnfinished: 4 })]);
    assert.deepEqual(week, { bars: [], delivered: 0, received: 0, failed: 0, mostUnfinished: 4 });
  });

  it('goes up and down by one measure, which its highest hour fills', () => {
    const { bars } = weekOf([hour(7200, { delivered: 4, received: 1 }), hour(0, { received: 8 })]);
    assert.deepEqual(
      bars.map(({ up, down }) => [up, down]),
      [
        [0.5, 0.125],
        [0, 1],
      ],
    );
  });

  it('has sums of what it shows', () => {
    const hours = [
      hour(7200, { delivered: 4, failed: 1, mostUnfinished: 9 }),
      hour(0, { received: 8, failed: 2 }),
    ];
    const { delivered, received, failed, mostUnfinished } = weekOf(hours);
    assert.deepEqual([delivered, received, failed, mostUnfinished], [4, 8, 3, 9]);
  });
});
