import { startReceiveAsync, type ReceiveAsyncConfig } from './receive-async/receive-async';
import { begin } from './shared/begin';
import type { FlowNode, Runtime } from './shared/runtime';

const register = (RED: Runtime): void => {
  RED.nodes.registerType('receive-async', function (this: FlowNode, config: ReceiveAsyncConfig) {
    RED.nodes.createNode(this, config);
    begin(RED, this, () => startReceiveAsync(RED, this, config));
  });
};

export = register;
