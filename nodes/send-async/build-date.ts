/**
 * When this package was built, Unix milliseconds: the build puts its own time in. A clock that shows less has not been
 * set.
 */
export const BUILD_DATE = Date.parse('2026-11-01T00:00:00Z');
