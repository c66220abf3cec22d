import { setImmediate } from 'node:timers/promises';
import type { FlowNode, Message } from '../runtime';

/**
 * Sends a message from an output (0 is the first) and resolves, in the runtime's next turn, whether the nodes behind it
 * are still there: only then does the runtime pass a message on, and drops it if a redeploy has closed them before.
 */
export async function isPassedOn(
  { nodes }: { readonly nodes: { getNode(id: string): unknown } },
  node: Pick<FlowNode, 'send'>,
  output: number,
  msg: Message,
): Promise<boolean> {
  const targets = wiresOf(node, output).map((id): [string, unknown] => [id, nodes.getNode(id)]);
  node.send([...Array<null>(output).fill(null), msg]);
  await setImmediate();
  return targets.every(([id, target]) => isThere(target) && nodes.getNode(id) === target);
}

const isThere = (node: unknown) => node !== null && node !== undefined;

/** Ids of the nodes behind an output, as the runtime keeps them up to date. */
function wiresOf(node: object, output: number): string[] {
  const wires: unknown = Reflect.get(node, 'wires');
  const ids: unknown = Array.isArray(wires) ? wires[output] : undefined;
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}
