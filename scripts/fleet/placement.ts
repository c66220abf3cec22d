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

function smallWorld(users: number, contacts: number, far: number, random: SeededRandom): Set<number>[] {
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
