/** Brings the settings of nodes that are loaded or imported into their newest form, as the runtime does. */
import { migrate, type Step } from '../../runtime/settings/migrate.js';
import { RECEIVE_ASYNC } from '../../receive-async/migrations.js';
import { SEND_ASYNC } from '../../send-async/migrations.js';
import type { EditedNode } from './node.js';

const STEPS: Readonly<Record<string, readonly Step[]>> = {
  'send-async': SEND_ASYNC,
  'receive-async': RECEIVE_ASYNC,
};

/** Changes nothing of a node in the newest form. */
export function migrateNode(node: EditedNode): void {
  const steps = STEPS[node.type];
  if (steps === undefined) return;
  const names = Object.keys(node).filter((name) => !name.startsWith('_'));
  const settings = Object.fromEntries(names.map((name) => [name, node[name]]));
  const migrated = migrate(steps, settings);
  if (migrated !== settings) Object.assign(node, migrated);
}

interface Defaults {
  readonly defaults: Readonly<Record<string, { readonly value: unknown }>>;
}

/**
 * Gives a node the blank settings that it lacks, such as those that are newer than its flow: they mean the same, and Done
 * in its unchanged dialog would else be a change.
 */
export function fillBlanks(node: EditedNode, { defaults }: Defaults): void {
  for (const [name, { value }] of Object.entries(defaults)) {
    if (value === '' && node[name] === undefined) (node as Record<string, unknown>)[name] = value;
  }
}
