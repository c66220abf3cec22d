/**
 * The settings of a node have had several forms, numbered from 1. The runtime and the editor both bring them into the
 * newest one. This file and the forms of each node import nothing else: the editor loads them, too.
 */
export type NodeSettings = Readonly<Record<string, unknown>>;
export type Step = (settings: NodeSettings) => NodeSettings;

export interface Forms {
  /** Each makes of one form the next: the first one version 2 of version 1. */
  readonly steps: readonly Step[];
  /**
   * New names of settings by their old ones. An old name is taken in every form, because flows are also written by
   * programs and by hand; it counts where the new one says nothing.
   */
  readonly renamed?: Readonly<Record<string, string>>;
}

/** Hears of each old name that settings have. */
export type TellRenamed = (old: string, name: string) => void;

/**
 * The settings in their newest form, as a copy where they were in an older one. Settings without a number have the
 * first form; those of a newer package than this one keep theirs.
 */
export function migrate<T extends { readonly version?: unknown }>(
  { steps, renamed = {} }: Forms,
  settings: T,
  tell: TellRenamed,
): T {
  const named = withNewNames(renamed, settings, tell);
  const version = Number(settings.version ?? 1);
  if (!(version >= 1 && version <= steps.length)) return named;
  let changed: NodeSettings = { ...named };
  for (const step of steps.slice(version - 1)) changed = step(changed);
  return { ...changed, version: steps.length + 1 } as NodeSettings & T;
}

function withNewNames<T extends object>(
  renamed: Readonly<Record<string, string>>,
  settings: T,
  tell: TellRenamed,
): T {
  const old = Object.entries(renamed).filter(([name]) => Object.hasOwn(settings, name));
  if (old.length === 0) return settings;
  const changed = new Map<string, unknown>(Object.entries(settings));
  for (const [before, now] of old) {
    if (isBlankSetting(changed.get(now))) changed.set(now, changed.get(before));
    changed.delete(before);
    tell(before, now);
  }
  return Object.fromEntries(changed) as T;
}

/** Nothing is typed in. */
export function isBlankSetting(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** The name in `${NAME}`; undefined for anything else. */
export function variableIn(value: unknown): string | undefined {
  return typeof value === 'string' ? /^\$\{([^}]+)\}$/.exec(value.trim())?.[1] : undefined;
}
