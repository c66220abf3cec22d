import { fromHex, readUtf8 } from '../../bytes';
import { KEY_BYTES } from '../../crypto/lengths';
import { ToxAsyncError } from '../../errors';
import type { Disk } from '../../platform/disk';
import { defaultBootstrapFile } from './parent/bootstrap-file-loader';

/** A computer that is always on the Tox network and shows newcomers the way. */
export interface BootstrapNode {
  /** Name or address. */
  readonly host: string;
  /** UDP port; it serves as TCP relay too where no `tcpPorts` are given. */
  readonly port: number;
  /** Its public key, 64 hexadecimal digits. */
  readonly key: string;
  /** Ports on which it is a TCP relay. */
  readonly tcpPorts?: readonly number[];
}

/**
 * Reads a list of nodes: a JSON object with a field `nodes`, each node with `host`, `port`, `key` and perhaps
 * `tcpPorts`; other fields are for people.
 * @throws ErrInvalidArgument (no such file, or an entry that is wrong, named), ErrStore (it cannot be read)
 */
export async function loadBootstrapNodes(
  disk: Pick<Disk, 'readFile'>,
  file = defaultBootstrapFile(),
): Promise<BootstrapNode[]> {
  const bytes = await disk.readFile(file).catch((cause: unknown) => {
    throw new ToxAsyncError('ErrStore', `The list of bootstrap nodes in ${file} cannot be read.`, { cause });
  });
  if (!bytes)
    throw wrong(file, 'the file does not exist; choose an existing one, or none for the usual nodes');
  const list = parseJson(readUtf8(bytes), file);
  const nodes = isRecord(list) ? list.nodes : undefined;
  if (!Array.isArray(nodes)) throw wrong(file, 'it has no "nodes" list');
  return nodes.map((node: unknown, i) => {
    const read = readBootstrapNode(node);
    if (typeof read === 'string') throw wrong(file, `node ${i + 1} ${read}`);
    return read;
  });
}

/** A checked node, or what is wrong with it. */
export function readBootstrapNode(node: unknown): BootstrapNode | string {
  if (!isRecord(node)) return 'is not an object';
  const { host, port, key, tcpPorts } = node;
  if (typeof host !== 'string' || host === '' || host.length > 255) return 'has no "host"';
  if (!isPort(port)) return 'has no "port" from 1 to 65535';
  if (typeof key !== 'string' || fromHex(key)?.length !== KEY_BYTES)
    return 'has no "key" of 64 hexadecimal digits';
  if (tcpPorts === undefined) return { host, port, key };
  if (!Array.isArray(tcpPorts) || !tcpPorts.every(isPort)) return 'has "tcpPorts" that are not ports';
  return { host, port, key, tcpPorts };
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string | undefined, file: string): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch (cause) {
    throw wrong(file, 'it is not JSON', cause);
  }
}

function wrong(file: string, reason: string, cause?: unknown): ToxAsyncError {
  return new ToxAsyncError(
    'ErrInvalidArgument',
    `The list of bootstrap nodes in ${file} cannot be used: ${reason}.`,
    {
      cause,
    },
  );
}
