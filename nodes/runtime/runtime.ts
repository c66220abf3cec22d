/** What the nodes use of the Node-RED runtime. */
import type { Node, NodeAPI, NodeDef, NodeMessage, NodeMessageInFlow } from 'node-red';
import { guarded } from './handlers/guard';

export type Runtime = NodeAPI;
export type FlowNode = Node;
export type Message = NodeMessage;
export type IncomingMessage = NodeMessageInFlow;

/** What the wrapper around input handlers uses of a node. */
export interface TakesInput {
  on(
    event: 'input',
    listener: (
      msg: IncomingMessage,
      send: (msg: Message | (Message | Message[] | null)[]) => void,
      done: (error?: Error) => void,
    ) => void,
  ): unknown;
  error(error: Error, msg?: Message): void;
  warn(text: string): void;
}

/** What the wrapper around close handlers uses of a node. */
export interface Closes {
  on(event: 'close', listener: (removed: boolean, done: () => void) => void): unknown;
  warn(text: string): void;
}

/** What the runtime hands a constructor. `version` counts the forms this node's settings have had. */
export interface Config extends NodeDef {
  readonly version?: number;
}

/** The setting that names a node's session. */
export interface SessionConfig extends Config {
  /** Id of a storage-node. */
  readonly storageNode?: string;
}

/** `msg` with these fields: the same object, or a copy of one that is frozen, as a Function node may send it. */
export function withFields<T extends Message>(msg: T, fields: Message & Record<string, unknown>): T {
  return Object.isExtensible(msg) ? Object.assign(msg, fields) : { ...msg, ...fields };
}

/**
 * Runs once when the flows next run: before that a message sent by a constructor is never delivered.
 * Returns what takes the wish back.
 * @param node whose work that is: Catch hears of an error
 */
export function atFlowsStarted(
  { events }: Pick<Runtime, 'events'>,
  node: Pick<FlowNode, 'error'>,
  run: () => void,
): () => void {
  const waiting = waitingAt.get(events) ?? new Set();
  if (!waitingAt.has(events)) {
    waitingAt.set(events, waiting);
    events.on('flows:started', () => {
      const due = [...waiting];
      waiting.clear();
      for (const each of due) each();
    });
  }
  const safely = () => guarded(run, (error) => node.error(error, {}));
  waiting.add(safely);
  return () => waiting.delete(safely);
}

/** One listener for all nodes: a flow has more of them than an emitter takes listeners without a warning. */
const waitingAt = new WeakMap<Runtime['events'], Set<() => void>>();

/** What users call a node: its type, its name if it has one, and the tab that it is on. */
export function labelOf(RED: Runtime, { type, id, name, z }: FlowNode): string {
  let tab: string | undefined;
  RED.nodes.eachNode((each: NodeDef & { readonly label?: string }) => {
    if (each.id === z) tab = each.label ?? each.name;
  });
  const own = name === undefined || name === '' ? `the ${type} ${id}` : `"${name}" (${type})`;
  return tab === undefined || tab === '' ? own : `${own} on tab "${tab}"`;
}
