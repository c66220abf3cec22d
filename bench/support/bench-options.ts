export interface BenchOptions {
  /** Full sizes, which take long; else sizes that show whether everything works. */
  readonly full: boolean;
  /** The one of its tables that is wanted; undefined for all. */
  readonly part: string | undefined;
}

/** What makes the tables that are wanted, in their order. */
export function chosenParts<T>(parts: Record<string, T>, part: string | undefined): T[] {
  return Object.entries(parts).flatMap(([name, made]) => (part === undefined || part === name ? [made] : []));
}
