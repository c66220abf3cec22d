import { textOf, type EditedNode } from '../node.js';

/** The node whose dialog is open: what its fields say now counts, not what it said when it was opened. */
export class OpenDialog {
  readonly #prefix: string;
  #id: string | undefined;

  /** @param prefix of the ids of its fields */
  constructor(prefix: 'node-input' | 'node-config-input') {
    this.#prefix = prefix;
  }

  open({ id }: EditedNode): void {
    this.#id = id;
  }

  close(): void {
    this.#id = undefined;
  }

  /** A setting of a node: of the one that is open, what its field says. */
  now(node: EditedNode, name: string): string {
    const isOpen = this.#id !== undefined && this.#id === node.id;
    return textOf(isOpen ? $(`#${this.#prefix}-${name}`).val() : node[name]);
  }
}
