/** Looks of the dialogs, in the editor's own colours. */
const STYLE = `
.tox-async-hint { box-sizing: border-box; display: flex; gap: 6px; width: 0; min-width: 70%; margin: 4px 0 0 104px; font-size: 12px; line-height: 16px; color: var(--red-ui-secondary-text-color-focus); }
.tox-async-hint i { line-height: 16px; }
.tox-async-hint[data-level="error"] i { color: var(--red-ui-text-color-error); }
.tox-async-hint[data-level="ok"] i { color: var(--red-ui-node-status-colors-green); }
.tox-async-heading { margin: 18px 0 8px; padding-bottom: 3px; border-bottom: 1px solid var(--red-ui-secondary-border-color); font-weight: bold; }
.tox-async-note { width: 0; min-width: 100%; margin: 6px 0 10px; font-size: 12px; line-height: 16px; color: var(--red-ui-secondary-text-color-focus); }
.tox-async-mono { font-family: var(--red-ui-monospace-font, monospace); font-size: 12px; word-break: break-all; }
.tox-async-box { padding: 10px; margin-bottom: 12px; border: 1px solid var(--red-ui-secondary-border-color); border-radius: 4px; background: var(--red-ui-secondary-background); }
.tox-async-box > div { width: 0; min-width: 100%; }
.tox-async-box .tox-async-mono { margin: 4px 0 6px; white-space: pre-line; }
.tox-async-friend { display: flex; gap: 8px; align-items: center; }
.tox-async-friend .tox-async-state { margin-left: auto; padding-left: 12px; font-size: 12px; color: var(--red-ui-secondary-text-color-focus); }
[data-state="online"], [data-state="plain"], [data-state="connected"] { color: var(--red-ui-node-status-colors-green); }
.tox-async-row { display: flex; flex-wrap: wrap; gap: 6px; }
.form-row .tox-async-row .tox-async-friend-name { flex: none; width: 30%; }
.form-row .tox-async-row .tox-async-friend-key { flex: 1; width: 0; font-family: var(--red-ui-monospace-font, monospace); font-size: 12px; }
.tox-async-row .tox-async-hint { min-width: 100%; margin: 0; }
.form-row label.tox-async-check { display: inline-flex; gap: 6px; align-items: baseline; width: 0; min-width: 70%; }
.tox-async-unit { display: inline-block; width: 0; min-width: calc(70% - 100px); margin-left: 6px; vertical-align: middle; }
.tox-async-check input[type="checkbox"] { flex: none; width: auto; margin: 0; }
.tox-async-tabs { min-height: 0; margin: 0 0 12px; }
`;

export function addStyle(): void {
  $('<style id="tox-async-style">').text(STYLE).appendTo(document.head);
}
