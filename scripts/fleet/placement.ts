import { chooseCell } from '../../lib/cells/collector-choice';
import { createPortableProvider } from '../../lib/crypto/providers/portable';
import { formatToxId } from '../../lib/identity/tox-id';
import { SeededRandom } from '../../lib/testing/simulated-platform';
import { randomFraction } from '../../lib/platform/random';

/** Friends who are online, of one Tox process. */
export const MOST_FRIENDS = 250;
/** Storage nodes that keep each user's mail. */
export const COPIES = 2;
/** Nodes of a fleet that may be away while all their users find room at the others. */
export const SPARE_NODES = 2;

/** Processes that cells take: with so few collectors that none gets more devices than it serves, and their nodes. */
export function cellsFor(
  devices: number,
  seed = 'cells',
): { cells: number; fullest: number; processes: number } {
  const crypto = createPortableProvider();
  const random = new SeededRandom(seed);
  const keys = Array.from({ length: devices }, () => random.bytes(32));
  const idOf = () => formatToxId(random.bytes(32), new Uint8Array(4));
  const collectors = Array.from({ length: devices }, () => ({ collector: '', nodes: [] as string[] }));
  for (let cells = Math.ceil(devices / MOST_FRIENDS); ; cells += 1) {
    const some = collectors.slice(0, cells);
    for (const cell of some) if (cell.collector === '') Object.assign(cell, { collector: idOf() });
    const sizes = new Map<object | undefined, number>();
    for (const key of keys) {
      const chosen = chooseCell(crypto, key, some);
      sizes.set(chosen, (sizes.get(chosen) ?? 0) + 1);
    }
    const fullest = Math.max(...sizes.values());
    // The nodes of a cell are friends of the collector too.
    if (fullest + COPIES <= MOST_FRIENDS) return { cells, fullest, processes: cells * (1 + COPIES) };
  }
}

/** Nodes of a fleet: each user is online at so many of them, and two of these may be away. */
export function fleetFor(users: number): number {
  return Math.ceil((users * COPIES) / MOST_FRIENDS) + SPARE_NODES;
}

/**
 * The nodes of a fleet that each of its users is a friend of, COPIES each. Users are dealt out in turn, so that no node has
 * many more than another; those of a node that is `away` go to whichever of the others has the fewest.
 */
export function homesIn(users: number, nodes: number, away: readonly number[] = []): number[][] {
  const sizes = new Array<number>(nodes).fill(0);
  const enter = (node: number) => {
    sizes[node] = (sizes[node] ?? 0) + 1;
    return node;
  };
  const homes = Array.from({ length: users }, (_, user) => {
    const step = 1 + (Math.floor(user / nodes) % (nodes - 1));
    return Array.from({ length: COPIES }, (_, copy) => (user + copy * step) % nodes)
      .filter((node) => !away.includes(node))
      .map(enter);
  });
  for (const own of homes) {
    while (own.length < COPIES) {
      const others = sizes.flatMap((size, node) =>
        away.includes(node) || own.includes(node) ? [] : [{ node, size }],
      );
      const [fewest] = others.sort((one, other) => one.size - other.size);
      if (fewest === undefined) break;
      own.push(enter(fewest.node));
    }
  }
  return homes;
}

/** Users of the fullest node. */
export function fullestOf(homes: readonly (readonly number[])[]): number {
  const sizes = new Map<number, number>();
  for (const node of homes.flat()) sizes.set(node, (sizes.get(node) ?? 0) + 1);
  return Math.max(...sizes.values());
}

/**
 * Storage nodes that stand alone. A user's contacts leave mail at the user's nodes, so they are friends of these as well:
 * each node serves neighbours, as many as have no more contacts together than it may have friends.
 * @param far part of everybody's contacts who are none of the neighbours, 0..1 (Watts and Strogatz's small world)
 */
export function aloneFor(users: number, contacts: number, far: number, seed = 'town'): number {
  const graph = smallWorld(users, contacts, far, new SeededRandom(seed));
  let nodes = 0;
  for (let copy = 0; copy < COPIES; copy += 1) {
    // The second node of a user serves other neighbours than the first.
    const first = Math.floor((copy * users) / (COPIES * 7));
    let friends = new Set<number>();
    for (let i = 0; i < users; i += 1) {
      const user = (first + i) % users;
      const with_ = new Set([...friends, user, ...(graph[user] ?? [])]);
      if (i === 0 || with_.size > MOST_FRIENDS) {
        nodes += 1;
        friends = new Set([user, ...(graph[user] ?? [])]);
      } else friends = with_;
    }
  }
  return nodes;
}

/** Who knows whom: neighbours on a ring, of whom a part is exchanged for anybody. */
export function smallWorld(
  users: number,
  contacts: number,
  far: number,
  random: SeededRandom,
): Set<number>[] {
  const graph = Array.from({ length: users }, () => new Set<number>());
  for (let user = 0; user < users; user += 1) {
    for (let step = 1; step <= contacts / 2; step += 1) {
      let other = (user + step) % users;
      if (randomFraction(random) < far) other = Math.floor(randomFraction(random) * users);
      if (other === user) continue;
      graph[user]?.add(other);
      graph[other]?.add(user);
    }
  }
  return graph;
}
