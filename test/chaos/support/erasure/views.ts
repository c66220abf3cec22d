/** Decodings of decodings that are looked at: a nedb line is base64 of records that hold base64. */
const DEPTH = 3;
/** Shorter runs decode to nothing that could be a secret. */
const TEXT_RUNS = [
  { pattern: /[0-9a-fA-F]{48,}/g, encoding: 'hex' },
  { pattern: /[A-Za-z0-9+/_-]{24,}/g, encoding: 'base64' },
] as const;

/** The bytes themselves, and whatever stands in them as hexadecimal or base64 (at any alignment), decoded. */
export function viewsOf(bytes: Buffer, depth = DEPTH): Buffer[] {
  if (depth === 0) return [bytes];
  const text = bytes.toString('latin1');
  const decoded = TEXT_RUNS.flatMap(({ pattern, encoding }) =>
    [...text.matchAll(pattern)].flatMap(([run]) =>
      shifts(run, encoding).flatMap((part) => viewsOf(Buffer.from(part, encoding), depth - 1)),
    ),
  );
  return [bytes, ...decoded];
}

/** A run may begin with a character that belongs to something else. */
function shifts(run: string, encoding: 'hex' | 'base64'): string[] {
  return Array.from({ length: encoding === 'hex' ? 2 : 4 }, (_, i) => run.slice(i));
}
