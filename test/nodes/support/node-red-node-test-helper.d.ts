/** The few parts of the test helper that these tests use; it brings no types. */
declare module 'node-red-node-test-helper' {
  import type { EventEmitter } from 'node:events';

  interface RuntimeNodes {
    setFlows(flows: object[], credentials: object, type: string, muteLog?: boolean): Promise<unknown>;
  }

  const helper: {
    readonly _redNodes: RuntimeNodes;
    readonly _events: EventEmitter;
    settings(settings: object): void;
    load(nodes: unknown[], flow: object[]): Promise<void>;
    unload(): Promise<void>;
    getNode(id: string): import('node-red').Node;
    log(): import('node:events') & { readonly args: unknown[][] };
  };
  export default helper;
}
