/** Milliseconds from the start, the end excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The same for both orders. */
export function pairOf(one: number, other: number): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

/** What two rising lists have in common; spans that meet in one list stay apart. */
export function intersection(one: readonly Span[], other: readonly Span[]): Span[] {
  const common: Span[] = [];
  let [i, j] = [0, 0];
  for (let [a, b] = [one[i], other[j]]; a && b; [a, b] = [one[i], other[j]]) {
    const span = { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
    if (span.to > span.from) common.push(span);
    if (a.to < b.to) i += 1;
    else j += 1;
  }
  return common;
}

/** What is left of rising `spans` outside of `gaps`; a gap of no length cuts the span that it falls into. */
export function without(spans: readonly Span[], gaps: readonly Span[]): Span[] {
  let left = [...spans];
  for (const gap of gaps) {
    left = left.flatMap((span) => {
      if (gap.to < span.from || gap.from > span.to) return [span];
      const parts = [
        { from: span.from, to: Math.min(span.to, gap.from) },
        { from: Math.max(span.from, gap.to), to: span.to },
      ];
      return parts.filter(({ from, to }) => to > from);
    });
  }
  return left;
}
