/** What is used of the editor's globals; Node-RED 4.1 and 5 have all of it. */

interface RedNotification {
  close(): void;
}

interface RedNotificationOptions {
  readonly type?: 'success' | 'warning' | 'error';
  readonly modal?: boolean;
  readonly fixed?: boolean;
  readonly timeout?: number;
  readonly buttons?: readonly {
    readonly text: string;
    readonly class?: string;
    readonly click: () => void;
  }[];
}

declare const RED: {
  /** A text of a catalog. */
  _(key: string, options?: Readonly<Record<string, unknown>>): string;
  readonly settings: {
    readonly apiRootUrl?: string;
    get(key: string, otherwise?: unknown): unknown;
    set(key: string, value: unknown): void;
  };
  readonly user: { hasPermission(permission: string): boolean };
  readonly events: { on(event: string, listener: () => void): void };
  readonly comms: {
    subscribe(topic: string, listener: (topic: string, data: unknown) => void): void;
    on(event: 'connect', listener: () => void): void;
  };
  readonly sidebar: {
    addTab(options: {
      readonly id: string;
      readonly label: string;
      readonly name: string;
      readonly iconClass: string;
      readonly content: HTMLElement;
      readonly toolbar: HTMLElement;
      readonly enableOnEdit: boolean;
      readonly action: string;
      readonly onchange: () => void;
    }): void;
    show(id: string): void;
  };
  readonly actions: { add(name: string, run: () => void): void; invoke(name: string): void };
  readonly clipboard: { copyText(text: string, element: unknown, message: string): boolean };
  readonly editor: { editConfig(name: string, type: string, id: string, prefix?: string): void };
  readonly nodes: {
    node(id: string): { readonly changed?: boolean } | null;
    eachConfig(
      look: (node: {
        readonly id: string;
        readonly type: string;
        readonly name?: string;
        readonly d?: boolean;
      }) => boolean | void,
    ): void;
  };
  readonly search: { show(text: string): void };
  readonly plugins: {
    registerPlugin(id: string, definition: { readonly type: string; readonly onadd: () => void }): void;
  };
  /** Never a text: the editor takes that for HTML, and there are names in it that strangers chose. */
  notify(message: HTMLElement, options: RedNotificationOptions): RedNotification;
};

/** jQuery: its requests carry the editor's own token. */
declare const $: {
  (element: HTMLElement): unknown;
  ajax(options: {
    readonly url: string;
    readonly method: 'GET' | 'POST';
    readonly dataType: 'json';
    readonly contentType?: string;
    readonly data?: string;
    readonly success: (answer: unknown) => void;
    readonly error: (request: { readonly status: number; readonly responseJSON?: unknown }) => void;
  }): void;
};
