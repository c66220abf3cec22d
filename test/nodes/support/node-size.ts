/** What the editor draws of a node, as far as its size is concerned. */
export interface Drawn {
  readonly type: string;
  readonly name?: string;
  /** Of an Inject node: it also fires at the start, and says so. */
  readonly once?: boolean;
  readonly outputs?: number;
  readonly wires?: readonly unknown[];
}

/** Widths of the characters from space to tilde in Helvetica and Arial, in thousandths of the font's size. */
const WIDTHS = [
  ...[278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278],
  ...[556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556],
  ...[1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778],
  ...[667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556],
  ...[333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556],
  ...[556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584],
];
const FONT = 14;
/** The apostrophe of print, and any other character that the table lacks. */
const APOSTROPHE = 222;
const OTHER = 556;
/** Types that nothing can be wired to. */
const SOURCES = [
  'inject',
  'comment',
  'catch',
  'complete',
  'status',
  'link in',
  'http in',
  'tcp in',
  'mqtt in',
];

/** Pixels that the editor gives to a node with this name: it rounds up to its grid of 20. */
export function sizeOf(node: Drawn): { readonly w: number; readonly h: number } {
  const label = (node.name ?? node.type).replace(/ +/g, ' ') + (node.once === true ? ' ¹' : '');
  const widths = Array.from(
    label,
    (character) => WIDTHS[(character.codePointAt(0) ?? 0) - 0x20] ?? (character === '’' ? APOSTROPHE : OTHER),
  );
  const text = (widths.reduce((sum, width) => sum + width, 0) * FONT) / 1000;
  const port = SOURCES.includes(node.type) ? 0 : 7;
  // The browser rounds the text down by a part of a pixel.
  const w = Math.max(100, 20 * Math.ceil((text - 0.7 + 50 + port) / 20));
  return { w, h: Math.max(30, 15 * (node.outputs ?? node.wires?.length ?? 0)) };
}
