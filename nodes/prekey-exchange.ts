import { startPrekeyExchange, type PrekeyExchangeConfig } from './prekey-exchange/prekey-exchange';
import { begin } from './shared/begin';
import type { FlowNode, Runtime } from './shared/runtime';

const register = (RED: Runtime): void => {
  RED.nodes.registerType('prekey-exchange', function (this: FlowNode, config: PrekeyExchangeConfig) {
    RED.nodes.createNode(this, config);
    begin(RED, this, () => startPrekeyExchange(RED, this, config));
  });
};

export = register;
