import type { FlowEntry } from './node-red';

/** A public key of which nobody has the secret at hand. */
export const STRANGER = '3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29';

export const TAB: FlowEntry = { id: 'tab', type: 'tab', label: 'test' };

/** A storage-node of this name; its id is another, since a config node that names its own id would depend on itself. */
export function storageNode(name: string, more: Record<string, unknown> = {}): FlowEntry {
  return {
    id: `${name}-session`,
    type: 'storage-node',
    name,
    dataDir: '',
    friends: [],
    role: 'friends',
    cap: 64,
    engine: 'auto',
    ...more,
  };
}

/** A flow node on the test's tab whose outputs lead to probes of these ids, which the flow must have. */
export function node(
  type: string,
  id: string,
  storageNodeId: string,
  more: Record<string, unknown> = {},
): FlowEntry {
  return { id, type, z: 'tab', x: 0, y: 0, storageNode: storageNodeId, wires: [], ...more };
}

export function transport(id: string, storageNodeId: string, more: Record<string, unknown> = {}): FlowEntry {
  return node('tox-transport', id, storageNodeId, {
    mode: 'virtual',
    network: 'test',
    atStart: 'before',
    ...more,
  });
}

export function probe(id: string, more: Record<string, unknown> = {}): FlowEntry {
  return { id, type: 'probe', z: 'tab', x: 0, y: 0, wires: [], ...more };
}

/** A Catch and a Status node for the whole tab, wired to the probes `errors` and `statuses`. */
export const WATCH: FlowEntry[] = [
  { id: 'catch', type: 'catch', z: 'tab', x: 0, y: 0, scope: null, uncaught: false, wires: [['errors']] },
  { id: 'watch', type: 'status', z: 'tab', x: 0, y: 0, scope: null, wires: [['statuses']] },
  probe('errors'),
  probe('statuses'),
];

/** A session "ann" with one node that uses it, so that its errors and statuses have a way into the flow. */
export const annFlow = (more: Record<string, unknown> = {}): FlowEntry[] => [
  TAB,
  ...WATCH,
  storageNode('ann', more),
  node('send-async', 'send', 'ann-session', { wires: [['receipts'], []] }),
  probe('receipts'),
];

/** Sender "device" and receiver "phone", each with a transport; `home` stores mail for both. */
export const THREE: FlowEntry[] = [
  TAB,
  ...WATCH,
  storageNode('device'),
  storageNode('phone'),
  storageNode('home'),
  transport('device-net', 'device-session', { wires: [['device-net-out']] }),
  transport('phone-net', 'phone-session', { wires: [['phone-net-out']] }),
  transport('home-net', 'home-session'),
  probe('device-net-out'),
  probe('phone-net-out'),
  node('send-async', 'send', 'device-session', { friend: '', wires: [['receipts'], ['outcomes']] }),
  probe('receipts'),
  probe('outcomes'),
  node('receive-async', 'receive', 'phone-session', { wires: [['received']] }),
  probe('received'),
];

/** The same flow with one entry changed. */
export function withChange(flow: FlowEntry[], id: string, change: Record<string, unknown>): FlowEntry[] {
  return flow.map((entry) => (entry.id === id ? { ...entry, ...change } : entry));
}

export function without(flow: FlowEntry[], ...ids: string[]): FlowEntry[] {
  return flow.filter(({ id }) => !ids.includes(id));
}
