import { MinHeap } from '../../platform/queues/min-heap';

interface Waiting {
  readonly sequence: number;
  readonly isUrgent?: boolean;
}

/** Messages that wait for a place, urgent ones first, in the order of acceptance; each stands in it once. */
export class Line<E extends Waiting> {
  readonly #heap = new MinHeap<E>(isBefore);
  readonly #members = new Set<E>();

  get size(): number {
    return this.#members.size;
  }

  add(entry: E): void {
    if (this.#members.has(entry)) return;
    this.#members.add(entry);
    this.#heap.push(entry);
  }

  /** The first of them, which leaves the line. */
  next(): E | undefined {
    const first = this.#heap.pop();
    if (first !== undefined) this.#members.delete(first);
    return first;
  }
}

function isBefore(a: Waiting, b: Waiting): boolean {
  const [first, second] = [a.isUrgent === true, b.isUrgent === true];
  return first === second ? a.sequence < b.sequence : first;
}
