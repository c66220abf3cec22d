import { startSendAsync, type SendAsyncConfig } from './send-async/send-async';
import { begin } from './shared/begin';
import type { FlowNode, Runtime } from './shared/runtime';

const register = (RED: Runtime): void => {
  RED.nodes.registerType('send-async', function (this: FlowNode, config: SendAsyncConfig) {
    RED.nodes.createNode(this, config);
    begin(RED, this, () => startSendAsync(RED, this, config));
  });
};

export = register;
