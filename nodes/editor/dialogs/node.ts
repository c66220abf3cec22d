/** A node as the editor has it: its settings, and the texts of its catalog. */
export interface EditedNode extends Record<string, unknown> {
  readonly id: string;
  readonly type: string;
  readonly _: (key: string, values?: Record<string, string | number>) => string;
}

/** A setting of a node as text; '' for none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Text for a place where the editor takes HTML: validators and notifications. A flow may come from anywhere. */
export function plain(text: unknown): string {
  return textOf(text).replace(/[<>&"']/g, ' ');
}

/** A number with one place behind the point, or the comma of the user's language. */
export function decimal(value: number): string {
  return value.toLocaleString(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}
