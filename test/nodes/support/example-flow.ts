import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { ROOT } from '../../../scripts/support/project';
import type { MakeTransport } from '../../../nodes/tox-transport/tox-transport';
import { NodeRed, type FlowEntry } from './node-red';

type Module = (RED: NodeAPI) => void;

export interface ExampleOptions {
  /** The nodes of Node-RED that it needs, beside ours, Debug and Comment, such as `function/10-switch`. */
  readonly core?: readonly string[];
  /** Types that the test leaves out. */
  readonly without?: readonly string[];
  /** What the test has instead of an entry of the example. */
  readonly change?: (entry: FlowEntry) => FlowEntry;
  /** Entries of the test beside those of the example. */
  readonly also?: readonly FlowEntry[];
  /** Makes libtoxcore's transports, in place of the real one. */
  readonly make?: MakeTransport;
  /** Node types that only this test has. */
  readonly more?: readonly Module[];
}

/** A node of Node-RED's own. */
export const coreNode = (file: string) =>
  createRequire(__filename)(`@node-red/nodes/core/${file}.js`) as Module;

/** The entries of an example, as it is shipped. */
export function exampleFlow(name: string): FlowEntry[] {
  return JSON.parse(readFileSync(path.join(ROOT, `examples/${name}.json`), 'utf8')) as FlowEntry[];
}

/** Names of the examples whose sessions are all on a virtual network. */
export const FOR_VIRTUAL = readdirSync(path.join(ROOT, 'examples'))
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace(/\.json$/, ''))
  .filter((name) => exampleFlow(name).some(({ mode }) => mode === 'virtual'));

/** Starts an example as it is shipped, except that a probe keeps what a Debug node would show. */
export function startExample(name: string, options: ExampleOptions = {}): Promise<NodeRed> {
  const {
    core = [],
    without = [],
    change = (entry: FlowEntry): FlowEntry => entry,
    also = [],
    make,
    more = [],
  } = options;
  const flow = exampleFlow(name)
    .map((entry): FlowEntry => (entry.type === 'debug' ? { ...entry, type: 'probe' } : entry))
    .filter(({ type }) => type !== 'comment' && !without.includes(type))
    .map(change)
    .concat(also);
  return NodeRed.start(flow, make, ...core.map(coreNode), ...more);
}
