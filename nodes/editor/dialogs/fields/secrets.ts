import type { EditedNode } from '../node.js';

type Credentials = Record<string, unknown>;

/**
 * Says to the editor which secrets of a node were never set. It knows of none before the first one is saved, takes a blank
 * password for a change at Done then, and would offer Deploy for nothing.
 */
export function rememberUnset(node: EditedNode, names: readonly string[]): void {
  const now = recordIn(node.credentials);
  const deployed = recordIn(now._);
  for (const name of names) {
    now[`has_${name}`] ??= false;
    deployed[`has_${name}`] ??= false;
  }
  node.credentials = Object.assign(now, { _: deployed });
}

function recordIn(value: unknown): Credentials {
  return typeof value === 'object' && value !== null ? (value as Credentials) : {};
}
