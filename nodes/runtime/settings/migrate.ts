/**
 * The settings of a node have had several forms, numbered from 1. A node has one list of steps, each of which makes of
 * one form the next; the runtime and the editor both run it. This file and the lists import nothing else: the editor loads them, too.
 */
export type NodeSettings = Readonly<Record<string, unknown>>;
export type Step = (settings: NodeSettings) => NodeSettings;

/**
 * The settings in their newest form, as a copy where they were in an older one. Settings without a number have the
 * first form; those of a newer package than this one stay as they are.
 * @param steps the first one makes version 2 of version 1
 */
export function migrate<T extends { readonly version?: unknown }>(steps: readonly Step[], settings: T): T {
  const version = Number(settings.version ?? 1);
  if (!(version >= 1 && version <= steps.length)) return settings;
  let changed: NodeSettings = { ...settings };
  for (const step of steps.slice(version - 1)) changed = step(changed);
  return { ...changed, version: steps.length + 1 } as NodeSettings & T;
}

/** Nothing is typed in. */
export function isBlankSetting(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** The name in `${NAME}`; undefined for anything else. */
export function variableIn(value: unknown): string | undefined {
  return typeof value === 'string' ? /^\$\{([^}]+)\}$/.exec(value.trim())?.[1] : undefined;
}
