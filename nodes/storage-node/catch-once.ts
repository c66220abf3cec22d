import type { FlowNode } from '../runtime/runtime';

/** What is used of a flow of the runtime and of its Catch nodes. */
interface CatchNode {
  readonly uncaught?: boolean;
  receive(msg: object): void;
}
interface Flow {
  readonly catchNodes?: readonly CatchNode[];
  readonly parent?: Flow;
}

/**
 * The users of a config node as the runtime is to see them for one error. It goes through all of them, and tells each
 * time the Catch nodes that watch the user; here each Catch node hears it once, whichever users it watches.
 */
export function usersForOneError(users: Readonly<Record<string, FlowNode>>): Record<string, FlowNode> {
  const told = new Set<CatchNode>();
  const seen = Object.entries(users).map(([id, user]) => {
    const { _flow: flow } = user as FlowNode & { readonly _flow?: Flow };
    if (flow === undefined) return [id, user] as const;
    return [id, Object.create(user, { _flow: { value: untold(flow, told) } }) as FlowNode] as const;
  });
  return Object.fromEntries(seen);
}

/** The flow without the Catch nodes that have heard it, and so its parent, when it is a subflow. */
function untold(flow: Flow, told: Set<CatchNode>): Flow {
  const catchNodes = () => {
    const all = flow.catchNodes ?? [];
    const isHandled = all.some((each) => told.has(each));
    return all
      .filter((each) => !told.has(each) && !(isHandled && each.uncaught === true))
      .map((each) => listening(each, told));
  };
  return Object.create(flow, {
    catchNodes: { get: catchNodes },
    ...(flow.parent && { parent: { value: untold(flow.parent, told) } }),
  }) as Flow;
}

function listening(node: CatchNode, told: Set<CatchNode>): CatchNode {
  const receive = (msg: object) => {
    told.add(node);
    node.receive(msg);
  };
  return Object.create(node, { receive: { value: receive } }) as CatchNode;
}
