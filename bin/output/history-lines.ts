import type { HistoryHour } from '../../lib/index';

const COLUMNS = ['sent', 'stored', 'delivered', 'failed', 'received', 'kept', 'mostUnfinished'] as const;
const TITLES = ['ago', 'sent', 'stored', 'delivered', 'failed', 'received', 'kept', 'most unfinished'];

/** The hours of the last week as a table for people, the newest last. */
export function historyLines(hours: readonly HistoryHour[]): string[] {
  if (hours.length === 0) return ['History   no message in the last week'];
  const rows = hours.map((hour) => [
    `${Math.floor(hour.age / 3600)} h`,
    ...COLUMNS.map((column) => String(hour[column])),
  ]);
  const lines = [TITLES, ...rows].map((cells) =>
    cells.map((cell, i) => cell.padStart((TITLES[i] ?? '').length + (i === 0 ? 3 : 0))).join('  '),
  );
  return ['History   hours of the last week in which something happened', ...lines];
}
