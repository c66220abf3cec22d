import { readUtf8 } from '../../bytes';
import { ToxAsyncError } from '../../errors';
import type { Disk } from '../../platform/disk';
import { type FleetRound, readRound } from '../../protocol/fleet/round-text';
import type { FleetOptions } from './fleet-membership';

/** Where a node has its fleet from. */
export interface FleetSource {
  /** Absolute path of what `tox-async fleet certify` printed. Each new round replaces it, which needs no restart. */
  readonly file: string;
  /** 32 bytes, in place of those that the file may have. */
  readonly secret?: Uint8Array;
}

/**
 * Membership of a fleet by a file. It is read now for a secret that is not given, and for each look at the certificate.
 * @throws ErrInvalidArgument (no such file, a line of it, no secret), ErrStore (it cannot be read)
 */
export async function fleetInFile(
  disk: Pick<Disk, 'readFile'>,
  { file, secret }: FleetSource,
): Promise<FleetOptions> {
  const common = secret ?? (await roundIn(disk, file)).secret;
  if (common === undefined) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `The fleet's secret is not in ${file}. Put the line "secret …" that "tox-async fleet certify" prints there, or ` +
        'enter it as a credential.',
    );
  }
  return {
    secret: common,
    certificate: async (node) => (await roundIn(disk, file)).certificates.get(node),
  };
}

async function roundIn(disk: Pick<Disk, 'readFile'>, file: string): Promise<FleetRound> {
  const bytes = await disk.readFile(file).catch((cause: unknown) => {
    throw new ToxAsyncError('ErrStore', `The certificates in ${file} cannot be read.`, { cause });
  });
  const text = bytes && readUtf8(bytes);
  if (text !== undefined) return readRound(text);
  const why = bytes === undefined ? 'does not exist' : 'is not text';
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    `The file of certificates ${file} ${why}. Choose the file that "tox-async fleet certify" printed, or leave the fleet out.`,
  );
}
