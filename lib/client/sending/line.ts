import { MinHeap } from '../../platform/queues/min-heap';

/** Messages that wait for a place, in the order of acceptance; each stands in it once. */
export class Line<E extends { readonly sequence: number }> {
  readonly #heap = new MinHeap<E>((a, b) => a.sequence < b.sequence);
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
