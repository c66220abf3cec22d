/** What the tests use of the editor's own API, within the page. */
export interface EditorNode {
  readonly id: string;
  readonly type: string;
  readonly valid: boolean;
}

export interface EditorRed {
  readonly workspaces: { active(): string | number | undefined };
  readonly nodes: {
    node(id: string): EditorNode | null;
    createCompleteNodeSet(): Record<string, unknown>[];
    dirty(): boolean;
    eachNode(each: (node: EditorNode) => void): void;
    eachConfig(each: (node: EditorNode) => void): void;
  };
  readonly view: { reveal(id: string): void };
  readonly actions: { invoke(action: string): void };
  readonly sidebar: { show(id: string): void };
  readonly editor: {
    edit(node: EditorNode): void;
    editConfig(name: string, type: string, id: string): void;
  };
}

declare global {
  interface Window {
    readonly RED?: EditorRed;
  }
}
