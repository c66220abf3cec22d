import { systemPlatform } from '../lib/index';
import type { Runtime } from './runtime/runtime';
import { sessions } from './session/session-registry';
import { Live } from './sidebar/live';
import { addRoutes } from './sidebar/routes';

/** An editor plugin: the sidebar "Tox", and the admin routes that feed it and the dialogs. */
const register = (RED: Runtime): void => {
  RED.plugins.registerPlugin('node-red-contrib-tox-async-sidebar', {
    type: 'tox-async-sidebar',
    onadd: () => {
      addRoutes(RED, sessions);
      new Live({
        timers: systemPlatform.timers,
        sessions,
        publish: (topic, data) => RED.comms.publish(topic, data, false),
      });
    },
  });
};

export = register;
