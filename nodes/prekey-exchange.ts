import { startPrekeyExchange, type PrekeyExchangeConfig } from './prekey-exchange/prekey-exchange';
import { startGuarded } from './runtime/handlers/start-guard';
import type { FlowNode, Runtime } from './runtime/runtime';

const register = (RED: Runtime): void => {
  RED.nodes.registerType('prekey-exchange', function (this: FlowNode, config: PrekeyExchangeConfig) {
    RED.nodes.createNode(this, config);
    startGuarded(RED, this, () => startPrekeyExchange(RED, this, config));
  });
};

export = register;
