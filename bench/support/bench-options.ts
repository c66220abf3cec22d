export interface BenchOptions {
  /** Full sizes, which take long; else sizes that show whether everything works. */
  readonly full: boolean;
}
