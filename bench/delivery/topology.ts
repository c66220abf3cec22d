/** Who sends to whom: pairs of a sender's and a recipient's number. */
export interface Topology {
  readonly senders: number;
  readonly recipients: number;
  readonly links: readonly (readonly [sender: number, recipient: number])[];
  /** Messages on each link in one round. */
  readonly perLink: number;
}

/** A full stock of one-time keys: as many as one friend can be sent while it is away. */
const MOST_PER_LINK = 100;

/** Of more users than these the stores are in memory: each on the disk has a thread of its own. */
export const MOST_ON_DISK = 20;

export function pairs(count: number, perLink = MOST_PER_LINK): Topology {
  return { senders: count, recipients: count, perLink, links: numbers(count).map((i) => [i, i]) };
}

/** One sender with many friends. */
export function oneToMany(count: number, perLink = MOST_PER_LINK): Topology {
  return { senders: 1, recipients: count, perLink, links: numbers(count).map((i) => [0, i]) };
}

/** One recipient with many friends. */
export function manyToOne(count: number, perLink = MOST_PER_LINK): Topology {
  return { senders: count, recipients: 1, perLink, links: numbers(count).map((i) => [i, 0]) };
}

/** Messages of one round. */
export function messagesOf({ links, perLink }: Topology): number {
  return links.length * perLink;
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
