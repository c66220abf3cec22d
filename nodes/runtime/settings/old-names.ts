import type { FlowNode } from '../runtime';
import { translated, type Words } from '../words';
import type { TellRenamed } from './migrate';

/** Warns of each setting that a flow has under an old name: once at each start of the node, since its settings stay. */
export function warnOfOldNames(words: Words, node: Pick<FlowNode, 'type' | 'warn'>): TellRenamed {
  return (old, name) => {
    const params = { old, name, type: node.type };
    const english = `The setting ${old} of ${node.type} is now called ${name}. Its value is used; deploy the flow to save it under the new name.`;
    node.warn(translated(words, 'storage-node', 'storage-node.renamed', params, english));
  };
}
