import type { Runtime } from './runtime/runtime';
import { sessions } from './session/session-registry';
import { addRoutes } from './sidebar/routes';

/** An editor plugin: the sidebar "Tox", and the admin routes that feed it and the dialogs. */
const register = (RED: Runtime): void => {
  RED.plugins.registerPlugin('node-red-contrib-tox-async-sidebar', {
    type: 'tox-async-sidebar',
    onadd: () => addRoutes(RED, sessions),
  });
};

export = register;
