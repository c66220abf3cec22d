/**
 * Times as RFC 3339 text, as Go's time.Time has them in JSON (the specification's structures), and as Unix
 * seconds. Pure arithmetic: the core has no Date (docs/PROTOCOL.md, "JSON forms").
 */

const DAY = 86_400;
/** Days from 0000-03-01 to 1970-01-01 in the proleptic Gregorian calendar. */
const EPOCH_DAYS = 719_468;
const DAYS_PER_ERA = 146_097;
/** 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z: RFC 3339 has years of four digits. */
const MIN_RFC3339 = -62_167_219_200;
const MAX_RFC3339 = 253_402_300_799;

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** `seconds` in UTC without a fraction; undefined when it is not a whole number in years 0 to 9999. */
export function toRfc3339(seconds: number): string | undefined {
  if (!Number.isInteger(seconds) || seconds < MIN_RFC3339 || seconds > MAX_RFC3339) return undefined;
  const days = Math.floor(seconds / DAY);
  const time = seconds - days * DAY;
  const { year, month, day } = dateOf(days);
  const date = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
  const clock = [time / 3600, (time % 3600) / 60, time % 60].map((part) => digits(Math.floor(part), 2));
  return `${date}T${clock.join(':')}Z`;
}

/** Unix seconds; a fraction is dropped. undefined when it is no such time. */
export function fromRfc3339(text: string): number | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const [offsetHours, offsetMinutes] = [Number(match[8] ?? 0), Number(match[9] ?? 0)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59) return undefined;
  const offset = (offsetHours * 60 + offsetMinutes) * 60 * (match[7] === '-' ? -1 : 1);
  const seconds = daysTo(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset;
  return seconds < MIN_RFC3339 || seconds > MAX_RFC3339 ? undefined : seconds;
}

/** Days from 1970-01-01. Years are counted from March, so that a leap day is a year's last. */
function daysTo(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - EPOCH_DAYS;
}

function dateOf(days: number): { year: number; month: number; day: number } {
  const z = days + EPOCH_DAYS;
  const era = Math.floor(z / DAYS_PER_ERA);
  const inEra = z - era * DAYS_PER_ERA;
  const leaps = Math.floor(inEra / 1460) - Math.floor(inEra / 36_524) + Math.floor(inEra / 146_096);
  const yearInEra = Math.floor((inEra - leaps) / 365);
  const inYear = inEra - (365 * yearInEra + Math.floor(yearInEra / 4) - Math.floor(yearInEra / 100));
  const shifted = Math.floor((5 * inYear + 2) / 153);
  const day = inYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return { year: era * 400 + yearInEra + (month <= 2 ? 1 : 0), month, day };
}

function daysIn(year: number, month: number): number {
  return month === 12 ? 31 : daysTo(year, month + 1, 1) - daysTo(year, month, 1);
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
