/** Brings the settings of nodes that are loaded or imported into their newest form, as the runtime does. */
import { migrate, type Forms } from '../../runtime/settings/migrate.js';
import { RECEIVE_ASYNC } from '../../receive-async/migrations.js';
import { SEND_ASYNC } from '../../send-async/migrations.js';
import { plain, type EditedNode } from './node.js';

const FORMS: Readonly<Record<string, Forms>> = {
  'send-async': SEND_ASYNC,
  'receive-async': RECEIVE_ASYNC,
};

/** Changes nothing of a node in the newest form. */
export function migrateNode(node: EditedNode, forms: Forms | undefined = FORMS[node.type]): void {
  if (forms === undefined) return;
  const names = Object.keys(node).filter((name) => !name.startsWith('_'));
  const settings = Object.fromEntries(names.map((name) => [name, node[name]]));
  const migrated = migrate(forms, settings, (old, name) => sayOnce(node.type, old, name));
  if (migrated === settings) return;
  for (const name of names) if (!Object.hasOwn(migrated, name)) Reflect.deleteProperty(node, name);
  Object.assign(node, migrated);
}

/** Old names that the user was told of: a flow may have many nodes with one. */
const said = new Set<string>();

function sayOnce(type: string, old: string, name: string): void {
  const what = `${type}.${old}`;
  if (said.has(what)) return;
  said.add(what);
  const text = RED._('node-red-contrib-tox-async/storage-node:storage-node.renamed', {
    old: plain(old),
    type,
    name,
  });
  RED.notify($('<p>').text(text), { type: 'warning', fixed: true });
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
