import path from 'node:path';
import {
  fromHex,
  MAX_CERTIFICATE_LIFE,
  readFriendKey,
  roundText,
  signCertificate,
  signingKeyOf,
  systemPlatform,
  toHex,
} from '../../lib/index';
import type { Command } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { namedFile } from '../options/named-file';
import { writeNewFile } from '../output/new-file';
import { write } from '../output/streams';

const USAGE = 'Usage: tox-async fleet init FILE [REPLICAS] | certify FILE NODE … | list FILE';

/** What the file of a fleet holds; whoever has it can certify nodes. */
interface FleetFile {
  /** Hexadecimal digits: of the signing key, and what each node has. */
  readonly seed: string;
  readonly secret: string;
  readonly replicas: number;
  /** Of the last round. */
  readonly serial: number;
  readonly nodes: readonly string[];
}

/** Makes a fleet, and certifies its nodes. */
export const fleet: Command = {
  name: 'fleet',
  usage: 'init FILE [REPLICAS] | certify FILE NODE … | list FILE',
  about: 'make a fleet of storage nodes, and certify its nodes',
  options: [],
  more: `  init FILE [REPLICAS]    makes the fleet's key in a new file; keep it secret;
                          REPLICAS: disks that its database is on (1)
  certify FILE NODE …     prints a new round of certificates, valid for 7 days,
                          for these nodes (public keys or Tox IDs) alone, and
                          the secret of all nodes: for serve --fleet
  list FILE               the fleet's key, its round and its nodes
See docs/FLEET.md.`,
  run: async (call) => {
    const [action, file, ...words] = call.words;
    if (file === undefined) throw new Failure(EXIT.usage, USAGE);
    const place = path.resolve(call.machine.cwd, file);
    await write(call.machine.stdout, await act(action, place, words));
    return EXIT.ok;
  },
};

async function act(action: string | undefined, file: string, words: readonly string[]): Promise<string> {
  if (action === 'init' && words.length < 2) return make(file, Number(words[0] ?? 1));
  if (action === 'list' && words.length === 0) {
    const { seed, serial, replicas, nodes } = await read(file);
    const own = toHex(signingKeyOf(bytesOf(seed)));
    return `fleet ${own}  round ${serial}  replicas ${replicas}\n${nodes.map((node) => `${node}\n`).join('')}`;
  }
  if (action === 'certify' && words.length > 0) return certify(file, words);
  throw new Failure(EXIT.usage, USAGE);
}

async function make(file: string, replicas: number): Promise<string> {
  if (!Number.isInteger(replicas) || replicas < 1 || replicas > 255) throw new Failure(EXIT.usage, USAGE);
  const { random } = systemPlatform;
  const [seed, secret] = [random.bytes(32), random.bytes(32)];
  const made = { seed: toHex(seed), secret: toHex(secret), replicas, serial: 0, nodes: [] };
  await writeNewFile(path.basename(file), file, JSON.stringify(made));
  return `fleet ${toHex(signingKeyOf(seed))}\n`;
}

async function certify(file: string, words: readonly string[]): Promise<string> {
  const before = await read(file);
  const keys = words.map((word) => {
    const key = readFriendKey(word);
    if (key === undefined)
      throw new Failure(EXIT.data, `${word.slice(0, 16)} is no public key and no Tox ID.`);
    return key;
  });
  const now = { ...before, serial: before.serial + 1, nodes: keys.map(toHex) };
  const claims = { serial: now.serial, valid: MAX_CERTIFICATE_LIFE, replicas: now.replicas };
  const signed = keys.map((key) => [key, signCertificate(bytesOf(now.seed), key, claims)] as const);
  // Before a certificate is out: no two rounds have one serial.
  await systemPlatform.disk.writeFile(file, Buffer.from(JSON.stringify(now)));
  return roundText(bytesOf(now.secret), signed);
}

async function read(file: string): Promise<FleetFile> {
  // The path is absolute.
  const bytes = await namedFile({ cwd: '/' }, file, 'The file of the fleet');
  try {
    const found = JSON.parse(bytes.toString('utf8')) as FleetFile;
    const isWhole = bytesOf(found.seed).length === 32 && bytesOf(found.secret).length === 32;
    if (Number.isInteger(found.serial) && isWhole && Array.isArray(found.nodes)) return found;
  } catch {
    // As what is no file of a fleet.
  }
  throw new Failure(EXIT.data, `${file} is no file of a fleet. Make one with "tox-async fleet init".`);
}

function bytesOf(digits: string): Uint8Array {
  return fromHex(digits) ?? new Uint8Array();
}
