import { decimal, textOf, type EditedNode } from '../node.js';
import { order, type RunningSession } from '../sessions.js';

/** The real folder and engine of the session, and the end of its data. */
export function advancedTab(node: EditedNode, running: RunningSession): void {
  const folder = $('#tox-async-folder');
  const erase = $('#tox-async-erase').prop('disabled', true);
  void running.then((session) => {
    if (session?.open === undefined) return;
    const { path, bytes = 0 } = session.open.folder;
    const { freeBytes } = session.open.kept;
    const use = node._('storage-node.folderUse', { megabytes: decimal(bytes / 1_000_000) });
    const free =
      freeBytes === undefined
        ? ''
        : node._('storage-node.folderFree', { gigabytes: decimal(freeBytes / 1_000_000_000) });
    folder.empty().append($('<span class="tox-async-mono">').text(path), ` ${use} ${free}`);
    $('#tox-async-engine').text(node._('storage-node.engineNow', { engine: session.open.engine }));
    erase.prop('disabled', false).on('click', () => askToErase(node, session.name, path));
  });
}

/** What is not the session's own, or may be others' too, is still there. */
function tellOfRest(node: EditedNode, left: readonly string[]): void {
  const list = $('<p class="tox-async-mono">').text(left.join(', '));
  const content = $('<div>').append($('<p>').text(node._('storage-node.erase.left')), list);
  const told = RED.notify(content, {
    fixed: true,
    type: 'warning',
    buttons: [{ text: node._('storage-node.button.close'), click: () => told.close() }],
  });
}

/** Nothing is erased before the name of the session is typed out. */
function askToErase(node: EditedNode, name: string, path: string): void {
  const label = node._('storage-node.erase.type', { name });
  const field = $('<input type="text" autocomplete="off">').attr('aria-label', label);
  const said = $('<p role="alert">');
  const content = $('<div>').append(
    $('<p>').append($('<b>').text(node._('storage-node.erase.ask', { name }))),
    $('<p class="tox-async-mono">').text(path),
    $('<p>').text(node._('storage-node.erase.gone')),
    $('<p>').append($('<label>').text(label), field),
    said,
  );
  const run = async () => {
    const { left } = await order(node.id, 'erase-data', { name: textOf(field.val()) });
    asked.close();
    RED.notify($('<p>').text(node._('storage-node.erase.done')), { type: 'success' });
    if (Array.isArray(left) && left.length > 0) tellOfRest(node, left.map(String));
  };
  const asked = RED.notify(content, {
    modal: true,
    fixed: true,
    type: 'warning',
    buttons: [
      { text: node._('storage-node.button.cancel'), click: () => asked.close() },
      {
        text: node._('storage-node.button.erase'),
        class: 'primary',
        click: () => void run().catch((error: unknown) => said.text((error as Error).message)),
      },
    ],
  });
}
