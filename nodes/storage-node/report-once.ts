import type { FlowNode } from '../runtime/runtime';

/** What is used of a flow of the runtime, and of its Catch and Status nodes. */
interface Listener {
  /** Of a Catch node: only errors that no other one handled. */
  readonly uncaught?: boolean;
  receive(msg: object): void;
}
interface Flow {
  readonly catchNodes?: readonly Listener[];
  readonly statusNodes?: readonly Listener[];
  readonly parent?: Flow;
}
interface ConfigNode {
  users?: Record<string, FlowNode>;
}

/**
 * Runs `report`, an error or a status of a config node. The runtime goes through all users of the node, and reports
 * each time to the Catch or Status nodes that watch the user; here each of them hears it once, whichever users it
 * watches.
 */
export function reportOnce(node: ConfigNode, report: () => void): void {
  const { users = {} } = node;
  node.users = usersForOneReport(users);
  try {
    report();
  } finally {
    node.users = users;
  }
}

function usersForOneReport(users: Readonly<Record<string, FlowNode>>): Record<string, FlowNode> {
  const heard = new Set<Listener>();
  const seen = Object.entries(users).map(([id, user]) => {
    const { _flow: flow } = user as FlowNode & { readonly _flow?: Flow };
    if (flow === undefined) return [id, user] as const;
    return [id, Object.create(user, { _flow: { value: unheard(flow, heard) } }) as FlowNode] as const;
  });
  return Object.fromEntries(seen);
}

/** The flow without the nodes that have heard it, and so its parent, when it is a subflow. */
function unheard(flow: Flow, heard: Set<Listener>): Flow {
  const left = (all: readonly Listener[] = []) => {
    const isHandled = all.some((each) => heard.has(each));
    return all
      .filter((each) => !heard.has(each) && !(isHandled && each.uncaught === true))
      .map((each) => listening(each, heard));
  };
  return Object.create(flow, {
    catchNodes: { get: () => left(flow.catchNodes) },
    statusNodes: { get: () => left(flow.statusNodes) },
    ...(flow.parent && { parent: { value: unheard(flow.parent, heard) } }),
  }) as Flow;
}

function listening(node: Listener, heard: Set<Listener>): Listener {
  const receive = (msg: object) => {
    heard.add(node);
    node.receive(msg);
  };
  return Object.create(node, { receive: { value: receive } }) as Listener;
}
