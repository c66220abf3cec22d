/** Texts of the catalog nodes/locales/../sidebar.json, and the faults that the runtime tells. */
import { failureWords, type Fault } from '../failure-words.js';

const CATALOG = 'node-red-contrib-tox-async/sidebar:sidebar.';

export type Params = Readonly<Record<string, string | number>>;

export function text(key: string, params: Params = {}): string {
  return RED._(CATALOG + key, params);
}

/** The text, or undefined where the catalog has none. */
export function textIfAny(key: string, params: Params = {}): string | undefined {
  const found = text(key, params);
  return found === CATALOG + key || found === `sidebar.${key}` ? undefined : found;
}

/** A finding in the language of the editor; `text` is what the runtime says of it. */
export function sentenceOf(finding: {
  readonly code: string;
  readonly params?: Params | undefined;
  readonly text: string;
}): string {
  return textIfAny(`finding.${finding.code}`, finding.params) ?? finding.text;
}

/** A fault in the language of the editor. */
export function faultIn(fault: Fault): string {
  return failureWords(fault, (key, params) => RED._(key, params));
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A time in its largest unit: "40 s", "5 min", "3 h", "2 days". @param seconds 0 or more */
export function span(seconds: number): string {
  if (seconds < MINUTE) return text('unit.seconds', { count: Math.floor(seconds) });
  if (seconds < HOUR) return text('unit.minutes', { count: Math.floor(seconds / MINUTE) });
  if (seconds < 2 * DAY) return text('unit.hours', { count: Math.floor(seconds / HOUR) });
  return text('unit.days', { count: Math.floor(seconds / DAY) });
}

/** "about 21 days". @param days at the present rate */
export function lasting(days: number): string {
  return days < 1 ? text('keys.underADay') : text('keys.days', { count: Math.round(days) });
}

/** "96 KB", "26.4 MB". */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${number(value)} ${units[unit] ?? ''}`;
}

function number(value: number): string {
  const digits = value < 100 && value % 1 >= 0.05 ? 1 : 0;
  return value.toLocaleString(undefined, { maximumFractionDigits: digits });
}

/** The first and last digits of a key or ID, in upper case. */
export function shortKey(key: string): string {
  return `${key.slice(0, 8)} … ${key.slice(-8)}`.toUpperCase();
}

/** How a friend is called: our name for them, else the start of their key. */
export function called({ name, publicKey }: { readonly name: string; readonly publicKey: string }): string {
  return name === '' ? `${publicKey.slice(0, 8).toUpperCase()} …` : name;
}
