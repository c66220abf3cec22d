import assert from 'node:assert/strict';
import { getHeapSnapshot } from 'node:v8';
import { toHex } from '../../../lib/bytes';

/** What V8 writes; `nodes` and `edges` are rows of so many fields each. */
interface Snapshot {
  readonly snapshot: { readonly meta: { readonly node_fields: string[]; readonly edge_fields: string[] } };
  readonly nodes: number[];
  readonly edges: number[];
  readonly strings: string[];
}

/**
 * The texts under which this project keeps a key in a Map: hexadecimal, and a character a byte. Of the latter, V8 writes
 * control characters as question marks: the longest run without one will do.
 */
function formsOf(key: Uint8Array): string[] {
  const runs = Buffer.from(key)
    .toString('latin1')
    .split(/[\0-\x1f]/);
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  assert.ok(longest.length >= 5, 'a key that differs from others');
  return [toHex(key), longest];
}

/** Fields of the maps and sets of this project: who holds those is what counts. */
const INNER: ReadonlySet<string> = new Set(['#values', '#texts']);

/** For each key what in this process's memory holds a string with it, as "field of Class". */
export async function holdersOf(...keys: Uint8Array[]): Promise<string[][]> {
  const texts = keys.map(formsOf);
  const chunks: string[] = [];
  for await (const chunk of getHeapSnapshot()) chunks.push(String(chunk));
  const { snapshot, nodes, edges, strings } = JSON.parse(chunks.join('')) as Snapshot;
  const { node_fields: nodeFields, edge_fields: edgeFields } = snapshot.meta;
  const nameOf = (node: number) => strings[nodes[node + nodeFields.indexOf('name')] ?? -1] ?? '';
  const holders = new Map<number, { from: number; by: string }[]>();
  const found = texts.map((): number[] => []);
  let edge = 0;
  for (let node = 0; node < nodes.length; node += nodeFields.length) {
    texts.forEach((forms, i) => {
      if (forms.some((form) => nameOf(node).includes(form))) found[i]?.push(node);
    });
    const count = nodes[node + nodeFields.indexOf('edge_count')] ?? 0;
    for (let i = 0; i < count; i += 1, edge += edgeFields.length) {
      const to = edges[edge + edgeFields.indexOf('to_node')] ?? -1;
      const by = strings[edges[edge + edgeFields.indexOf('name_or_index')] ?? -1] ?? '';
      const known = holders.get(to);
      if (known === undefined) holders.set(to, [{ from: node, by }]);
      else known.push({ from: node, by });
    }
  }
  // A table is held by its Map or Set, and that by a field of an object.
  const owner = (node: number, steps = 0): string[] =>
    (holders.get(node) ?? []).flatMap(({ from, by }) => {
      const isInner = INNER.has(by);
      if (by.startsWith('#') && !isInner) return [`${by} of ${nameOf(from)}`];
      return steps < 4 && !nameOf(from).startsWith('(') ? owner(from, steps + 1) : [];
    });
  return found.map((nodes) => nodes.flatMap((node) => owner(node)));
}
