import { startSendAsync, type SendAsyncConfig } from './send-async/send-async';
import { startGuarded } from './runtime/handlers/start-guard';
import type { FlowNode, Runtime } from './runtime/runtime';

const register = (RED: Runtime): void => {
  RED.nodes.registerType('send-async', function (this: FlowNode, config: SendAsyncConfig) {
    RED.nodes.createNode(this, config);
    startGuarded(RED, this, () => startSendAsync(RED, this, config));
  });
};

export = register;
