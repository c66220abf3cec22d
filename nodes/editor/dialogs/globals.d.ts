/** What the dialogs use of the editor's globals; Node-RED 4.1 and 5 have all of it. */

interface EditorNotification {
  close(): void;
}

interface EditorNotificationOptions {
  readonly type?: 'success' | 'warning' | 'error';
  readonly modal?: boolean;
  readonly fixed?: boolean;
  /** Milliseconds. */
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
  readonly nodes: { node(id: string): { readonly name?: string } | null };
  readonly events: { on(event: string, listener: (what: never) => void): void };
  readonly clipboard: { copyText(text: string, element: JQuery, message: string): boolean };
  readonly tabs: {
    create(options: { readonly id: string; readonly onchange: (tab: { readonly id: string }) => void }): {
      addTab(tab: { readonly id: string; readonly label: string }): void;
      activateTab(id: string): void;
    };
  };
  /** Never a text: the editor takes that for HTML, and there are names in it that strangers chose. */
  notify(message: JQuery, options: EditorNotificationOptions): EditorNotification;
};
