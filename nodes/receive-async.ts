import { startReceiveAsync, type ReceiveAsyncConfig } from './receive-async/receive-async';
import { startGuarded } from './runtime/handlers/start-guard';
import type { FlowNode, Runtime } from './runtime/runtime';

const register = (RED: Runtime): void => {
  RED.nodes.registerType('receive-async', function (this: FlowNode, config: ReceiveAsyncConfig) {
    RED.nodes.createNode(this, config);
    startGuarded(RED, this, () => startReceiveAsync(RED, this, config));
  });
};

export = register;
