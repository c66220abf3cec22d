import { textOf, type EditedNode } from '../node.js';
import { runningSession } from '../sessions.js';

/** A session that is removed leaves its data where it is: says where, and how it is erased. */
export function sayGoodbye(node: EditedNode): void {
  void runningSession(node.id).then((session) => {
    const path = session?.open?.folder.path;
    if (path === undefined) return;
    const words = node._('storage-node.removed', { name: textOf(node.name) || node.id });
    const content = $('<div>').append($('<p>').text(words), $('<p class="tox-async-mono">').text(path));
    RED.notify(content, { type: 'warning', timeout: 20_000 });
  });
}
