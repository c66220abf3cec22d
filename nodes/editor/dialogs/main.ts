/**
 * The dialogs of the nodes, loaded once before any of them is registered: an ES module of the editor. It hands what the
 * nodes' own files register over in `toxAsync`.
 */
import { fillBlanks, migrateNode } from './migrations.js';
import { prekeyExchange } from './nodes/prekey-exchange.js';
import { receiveAsync } from './nodes/receive-async.js';
import { sendAsync } from './nodes/send-async.js';
import { storageNode } from './nodes/storage-node.js';
import { toxTransport } from './nodes/tox-transport.js';
import type { EditedNode } from './node.js';
import { findByName } from './palette.js';
import { addStyle } from './style.js';

const dialogs = {
  'storage-node': storageNode,
  'tox-transport': toxTransport,
  'send-async': sendAsync,
  'receive-async': receiveAsync,
  'prekey-exchange': prekeyExchange,
};

Object.assign(globalThis, { toxAsync: { dialogs } });
addStyle();
findByName(Object.keys(dialogs));
RED.events.on('nodes:add', (node: EditedNode) => {
  migrateNode(node);
  const dialog = Object.entries(dialogs).find(([type]) => type === node.type)?.[1];
  if (dialog !== undefined) fillBlanks(node, dialog);
});
