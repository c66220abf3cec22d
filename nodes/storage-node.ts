import { begin } from './shared/begin';
import type { Runtime } from './shared/runtime';
import { CREDENTIALS, type StorageNodeConfig } from './storage-node/settings';
import { startStorageNode, type StorageNode } from './storage-node/storage-node';

const register = (RED: Runtime): void => {
  RED.nodes.registerType(
    'storage-node',
    function (this: StorageNode, config: StorageNodeConfig) {
      RED.nodes.createNode(this, config);
      begin(RED, this, () => startStorageNode(RED, this, config));
    },
    { credentials: CREDENTIALS },
  );
};

export = register;
