/**
 * The one-byte codes of answers and receipts, and the words that stand for them everywhere else
 * (docs/PROTOCOL.md, "Codes").
 */
export const CODE = {
  ok: 0,
  known: 1,
  'mailbox-share': 2,
  'node-full': 3,
  'node-share': 4,
  rate: 5,
  'bad-request': 6,
  'not-yours': 7,
  off: 8,
  'not-found': 9,
  'no-mailbox': 10,
  'unknown-tag': 11,
  forged: 12,
  malformed: 13,
  unsupported: 14,
  busy: 15,
  'bad-mac': 16,
  'batch-in-use': 17,
  'no-room': 18,
  incomplete: 19,
} as const;

export type CodeWord = keyof typeof CODE;

/** What a receipt can say. */
export type ReceiptCode = Extract<CodeWord, 'ok' | 'forged' | 'malformed' | 'unsupported' | 'incomplete'>;

const WORDS = new Map<number, CodeWord>((Object.keys(CODE) as CodeWord[]).map((word) => [CODE[word], word]));

const RECEIPT_CODES: ReadonlySet<CodeWord> = new Set<ReceiptCode>([
  'ok',
  'forged',
  'malformed',
  'unsupported',
  'incomplete',
]);

/** undefined for a number that version 1 does not use. */
export function codeWord(code: number): CodeWord | undefined {
  return WORDS.get(code);
}

export function isReceiptCode(word: CodeWord): word is ReceiptCode {
  return RECEIPT_CODES.has(word);
}
