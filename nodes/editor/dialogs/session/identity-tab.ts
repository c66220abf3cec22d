import { textOf, type EditedNode } from '../node.js';
import { order, qrRows, type RunningSession, type SessionView } from '../sessions.js';

/** How many rows and columns of light there are around a QR code. */
const QUIET = 4;

/** The state of the session and its Tox ID, or what it is to start with; the backup. */
export function identityTab(node: EditedNode, running: RunningSession): void {
  const start = $('#tox-async-start-with');
  const show = () => {
    const choice = textOf(start.val());
    $('#tox-async-identity-row').toggle(choice !== 'new');
    $('#tox-async-choose-file').toggle(choice === 'profile' || choice === 'backup');
    if (choice === 'new') $('#node-config-input-identity').val('').trigger('change');
  };
  // An identity that was given is there, and is not shown.
  if (textOf($('#node-config-input-identity').val()) !== '') start.val('key');
  start.on('change', show);
  show();
  readFiles();
  $('#tox-async-box-running, #tox-async-backup').hide();
  $('#tox-async-export').on('click', () => askForBackup(node));
  void running.then((session) => {
    if (session?.toxId === undefined) return;
    showIdentity(node, session, session.toxId);
    // Its identity is there, and is never replaced.
    $('#tox-async-box-new, #tox-async-start-row, #tox-async-identity-row').hide();
    $('#tox-async-box-running, #tox-async-backup').show();
  });
}

function showIdentity(node: EditedNode, session: SessionView, toxId: string): void {
  $('#tox-async-state')
    .attr('data-state', session.state)
    .text(node._(`storage-node.state.${session.state}`));
  const half = toxId.length / 2;
  $('#tox-async-tox-id').text(`${toxId.slice(0, half)}\n${toxId.slice(half)}`);
  $('#tox-async-copy').on('click', ({ currentTarget }) => {
    RED.clipboard.copyText(toxId, $(currentTarget), node._('storage-node.copied'));
  });
  const panel = $('#tox-async-qr').hide();
  $('#tox-async-show-qr').on('click', ({ currentTarget }) => {
    const isOpen = panel.is(':visible');
    $(currentTarget).attr('aria-expanded', String(!isOpen));
    if (isOpen) panel.hide();
    else void qrRows(node.id).then((rows) => panel.empty().append(drawing(node, rows)).show());
  });
}

/** Dark on white, in every theme. */
function drawing(node: EditedNode, rows: readonly string[]): SVGElement {
  const size = rows.length + 2 * QUIET;
  const make = (name: string, attributes: Readonly<Record<string, string>>) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const label = node._('storage-node.button.qr');
  const picture = make('svg', {
    viewBox: `0 0 ${size} ${size}`,
    width: '220',
    role: 'img',
    'aria-label': label,
  });
  picture.append(make('rect', { width: String(size), height: String(size), fill: '#fff' }));
  const dots = rows.flatMap((row, y) =>
    Array.from(row).flatMap((dot, x) => (dot === '1' ? [`M${x + QUIET} ${y + QUIET}h1v1h-1z`] : [])),
  );
  picture.append(make('path', { d: dots.join(''), fill: '#000' }));
  return picture;
}

/** A profile or a backup is a file; the credential has it as base64. */
function readFiles(): void {
  const file = $('#tox-async-file');
  $('#tox-async-choose-file').on('click', () => file.trigger('click'));
  file.on('change', () => {
    const [chosen] = (file[0] as HTMLInputElement).files ?? [];
    if (chosen === undefined) return;
    const reader = new FileReader();
    reader.onload = () => {
      const base64 = (reader.result as string).replace(/^.*,/, '');
      $('#node-config-input-identity').val(base64).trigger('change');
    };
    reader.readAsDataURL(chosen);
  });
}

/** Asks for a passphrase, twice, and saves the backup as a file. */
function askForBackup(node: EditedNode): void {
  const field = (label: string) =>
    $('<input type="password" autocomplete="new-password">').attr('aria-label', label);
  const labels = [node._('storage-node.backup.passphrase'), node._('storage-node.backup.again')] as const;
  const [first, second] = [field(labels[0]), field(labels[1])];
  const said = $('<p role="alert">');
  const content = $('<div>').append(
    $('<p>').text(node._('storage-node.backup.ask')),
    $('<p>').append($('<label>').text(labels[0]), first),
    $('<p>').append($('<label>').text(labels[1]), second),
    said,
  );
  const save = async () => {
    if (first.val() !== second.val()) throw new Error(node._('storage-node.backup.differ'));
    const { backup, toxId } = await order(node.id, 'back-up', { passphrase: first.val() });
    download(`${textOf(toxId).slice(0, 8)}.tox`, textOf(backup));
    asked.close();
  };
  const asked = RED.notify(content, {
    modal: true,
    fixed: true,
    buttons: [
      { text: node._('storage-node.button.cancel'), click: () => asked.close() },
      {
        text: node._('storage-node.button.save'),
        class: 'primary',
        click: () => void save().catch((error: unknown) => said.text((error as Error).message)),
      },
    ],
  });
}

function download(name: string, base64: string): void {
  const link = document.createElement('a');
  link.href = `data:application/octet-stream;base64,${base64}`;
  link.download = name;
  link.click();
}
