import { loadBootstrapNodes, systemPlatform, ToxcoreTransport } from '../../lib/index';
import type { Machine } from '../machine';

/** The real Tox network, by libtoxcore. */
export const connectByToxcore: Machine['connect'] = async (manager, { bootstrapFile, toxcore }, log) => {
  const bootstrap = await loadBootstrapNodes(systemPlatform.disk, bootstrapFile);
  return new ToxcoreTransport({ settings: { ...toxcore, bootstrap }, ...manager.profile, log });
};
