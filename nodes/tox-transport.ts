import { ToxcoreTransport } from '../lib/index';
import { startGuarded } from './runtime/handlers/start-guard';
import type { FlowNode, Runtime } from './runtime/runtime';
import { startToxTransport, type ToxTransportConfig } from './tox-transport/tox-transport';

const register = (RED: Runtime): void => {
  RED.nodes.registerType('tox-transport', function (this: FlowNode, config: ToxTransportConfig) {
    RED.nodes.createNode(this, config);
    startGuarded(RED, this, () =>
      startToxTransport(RED, this, config, (options) => new ToxcoreTransport(options)),
    );
  });
};

export = register;
