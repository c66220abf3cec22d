/**
 * The compiled nodes/send-async/build-date.js with the time of the build in it: a machine whose clock shows less than this
 * has not set it yet.
 * @param now Unix milliseconds
 * @throws Error when the code has no date to set
 */
export function stampBuildDate(code: string, now: number): string {
  const date = /Date\.parse\('[^']*'\)/;
  if (!date.test(code)) throw new Error('The compiled build-date.js has no build date to set.');
  return code.replace(date, `Date.parse('${new Date(now).toISOString()}')`);
}
