import { startGuarded } from './runtime/handlers/start-guard';
import type { Runtime } from './runtime/runtime';
import { CREDENTIALS, type StorageNodeConfig } from './storage-node/storage-node-settings';
import { startStorageNode, type StorageNode } from './storage-node/storage-node';

const register = (RED: Runtime): void => {
  RED.nodes.registerType(
    'storage-node',
    function (this: StorageNode, config: StorageNodeConfig) {
      RED.nodes.createNode(this, config);
      startGuarded(RED, this, () => startStorageNode(RED, this, config));
    },
    { credentials: CREDENTIALS },
  );
};

export = register;
