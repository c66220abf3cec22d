import { ToxcoreTransport } from '../lib/index';
import { begin } from './shared/begin';
import type { FlowNode, Runtime } from './shared/runtime';
import { startToxTransport, type ToxTransportConfig } from './tox-transport/tox-transport';

const register = (RED: Runtime): void => {
  RED.nodes.registerType('tox-transport', function (this: FlowNode, config: ToxTransportConfig) {
    RED.nodes.createNode(this, config);
    begin(RED, this, () => startToxTransport(RED, this, config, (options) => new ToxcoreTransport(options)));
  });
};

export = register;
