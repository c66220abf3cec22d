import { toxIdQr } from '../../lib/index';

/** Light modules around the code, which readers need. */
const QUIET = 4;
const BLACK_ON_WHITE = '\u001b[30;107m';
const PLAIN = '\u001b[0m';

/**
 * A QR code in half blocks, two rows of modules a line.
 * @param coloured black on white by the terminal's own means; else drawn in white, for a dark terminal
 */
export function qrText(toxId: string, coloured: boolean): string {
  const modules = toxIdQr(toxId);
  const side = modules.length + 2 * QUIET;
  const isDark = (row: number, column: number) => modules[row - QUIET]?.[column - QUIET] === true;
  const isInk = (row: number, column: number) => isDark(row, column) === coloured && row < side;
  let text = '';
  for (let row = 0; row < side; row += 2) {
    let line = '';
    for (let column = 0; column < side; column += 1) {
      const [upper, lower] = [isInk(row, column), isInk(row + 1, column)];
      line += upper ? (lower ? '█' : '▀') : lower ? '▄' : ' ';
    }
    text += coloured ? `${BLACK_ON_WHITE}${line}${PLAIN}\n` : `${line}\n`;
  }
  return text;
}
