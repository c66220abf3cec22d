import type { Modules } from './modules';

/** How hard a symbol is to read: the mask with the least is taken (ISO/IEC 18004, 7.8.3). */
export function penalty(modules: Modules): number {
  const columns = modules.map((_, x) => modules.map((row) => row[x] ?? false));
  const lines = [...modules, ...columns];
  return sumOf(lines.map(runs)) + sumOf(lines.map(finders)) + blocks(modules) + balance(modules);
}

/** Five or more alike in a line: 3, and 1 for each further one. */
function runs(line: readonly boolean[]): number {
  let [sum, length] = [0, 0];
  line.forEach((dark, i) => {
    length = dark === line[i - 1] ? length + 1 : 1;
    if (length === 5) sum += 3;
    else if (length > 5) sum += 1;
  });
  return sum;
}

/** What looks like a finder pattern, light on one side: 40. */
function finders(line: readonly boolean[]): number {
  const text = line.map((dark) => (dark ? '1' : '0')).join('');
  let sum = 0;
  for (let i = 0; i + 11 <= text.length; i += 1) {
    const part = text.slice(i, i + 11);
    if (part === '10111010000' || part === '00001011101') sum += 40;
  }
  return sum;
}

/** Four alike in a square: 3. */
function blocks(modules: Modules): number {
  let sum = 0;
  for (let y = 1; y < modules.length; y += 1) {
    for (let x = 1; x < modules.length; x += 1) {
      const dark = modules[y]?.[x];
      const others = [modules[y]?.[x - 1], modules[y - 1]?.[x], modules[y - 1]?.[x - 1]];
      if (others.every((each) => each === dark)) sum += 3;
    }
  }
  return sum;
}

/** For each full 5 % that the dark ones are away from a half: 10. */
function balance(modules: Modules): number {
  const all = modules.flat();
  const share = all.filter((dark) => dark).length / all.length;
  return 10 * Math.floor(Math.abs(share - 0.5) / 0.05);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
