/** Labels on the canvas that say who. */
import { isMeantAsKey } from './checks/friend-key.js';
import { textOf, type EditedNode } from './node.js';

/** The friend of a node as a label has it: a name, the beginning of a key, or where it comes from; '' for none. */
export function friendLabel(node: EditedNode): string {
  const friend = textOf(node.friend).trim();
  const type = textOf(node.friendType);
  if (friend === '') return '';
  if (type === 'jsonata') return 'JSONata';
  if (type === 'env') return `\${${friend}}`;
  if (type === 'msg' || type === 'flow' || type === 'global') return `${type}.${friend}`;
  return isMeantAsKey(friend) ? `${friend.slice(0, 8)}…` : friend;
}

/** The name of the session that a node uses; '' when it has none. */
export function sessionLabel(node: EditedNode): string {
  return RED.nodes.node(textOf(node.storageNode))?.name ?? '';
}

export function labelStyle(this: EditedNode): string {
  return textOf(this.name) === '' ? '' : 'node_label_italic';
}
