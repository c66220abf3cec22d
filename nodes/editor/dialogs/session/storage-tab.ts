import { decimal, textOf, type EditedNode } from '../node.js';
import { type RunningSession } from '../sessions.js';
import { isVariable } from '../fields/variables.js';

/** Bytes of one short message as a storage node keeps it. */
const SHORT_MESSAGE = 1_700;
const USUAL_CAP = 64;

/** What the space is room for, and how much of it is in use. */
export function storageTab(node: EditedNode, running: RunningSession): void {
  const [role, cap] = [$('#node-config-input-role'), $('#node-config-input-cap')];
  const place = $('#node-config-input-mailPlace');
  const line = $('#tox-async-capacity');
  let inUse: string | undefined;
  const look = () => {
    const keeps = role.val() !== 'off';
    $('#tox-async-cap-row, #tox-async-place-row, #tox-async-capacity').toggle(keeps);
    $('.tox-async-database').toggle(keeps && place.val() !== '');
    const megabytes = Number(textOf(cap.val()) || USUAL_CAP);
    const isKnown = !isVariable(cap.val()) && megabytes > 0;
    const room = Math.floor((megabytes * 1_000_000) / SHORT_MESSAGE / 1_000) * 1_000;
    const capacity = isKnown
      ? node._('storage-node.capacity', { megabytes, messages: room.toLocaleString() })
      : '';
    line.text([inUse, capacity].filter(Boolean).join(' '));
  };
  role.on('change', look);
  place.on('change', look);
  cap.on('input change', look);
  look();
  void running.then((session) => {
    const kept = session?.open?.kept;
    if (kept === undefined) return;
    const { bytes, messages } = kept;
    inUse = node._('storage-node.inUse', { megabytes: decimal(bytes / 1_000_000), messages });
    look();
  });
}
