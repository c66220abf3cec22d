/** A list of texts as a preference keeps it; empty when it is something else. */
export function textsIn(preference: unknown): string[] {
  const list: unknown[] = Array.isArray(preference) ? preference : [];
  return list.filter((each) => typeof each === 'string');
}
