/** What the tests use of the editor's own API, within the page. */
export interface EditorNode {
  readonly id: string;
  readonly type: string;
  readonly valid: boolean;
  readonly status?: { readonly text?: string };
}

/** A node on a canvas: where its middle is, and its size. */
export interface CanvasNode extends EditorNode {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface EditorRed {
  readonly workspaces: { active(): string | number | undefined; show(id: string): void };
  readonly nodes: {
    node(id: string): EditorNode | null;
    createCompleteNodeSet(): Record<string, unknown>[];
    dirty(): boolean;
    filterNodes(filter: { readonly z: string | number | undefined }): CanvasNode[];
    eachNode(each: (node: EditorNode) => void): void;
    eachConfig(each: (node: EditorNode) => void): void;
  };
  readonly view: {
    reveal(id: string): void;
    select(what: { readonly nodes: EditorNode[] }): void;
    focus(): void;
  };
  readonly actions: { invoke(action: string): void };
  readonly sidebar: { show(id: string): void; readonly help: { show(type: string): void } };
  readonly editor: {
    edit(node: EditorNode): void;
    editConfig(name: string, type: string, id: string): void;
  };
}

declare global {
  interface Window {
    readonly RED?: EditorRed;
    /** jQuery with the editor's widgets. */
    readonly $?: (element: Element) => { typedInput(property: 'type', value: string): void };
  }
}
