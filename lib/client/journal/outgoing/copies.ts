import { sameBytes } from '../../../bytes';
import type { PublicKey } from '../../../types';

/** A confirmed deposit: `at` is an age in seconds, `kept` how long the node said it keeps it. */
export interface Copy {
  readonly node: PublicKey;
  readonly at: number;
  readonly kept: number;
}

/** An older copy at the same node is replaced. */
export function withCopy(copies: readonly Copy[], copy: Copy): Copy[] {
  return [...copies.filter(({ node }) => !sameBytes(node, copy.node)), copy];
}
