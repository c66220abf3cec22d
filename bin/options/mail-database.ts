import path from 'node:path';
import { type AsyncManagerOptions, fleetInFile, systemPlatform } from '../../lib/index';
import type { Call } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { namedFile } from './named-file';
import { numberOption } from './command-line';

/**
 * Where mail for others lies, and the fleet that shares it.
 * @throws Failure, ErrInvalidArgument, ErrStore
 */
export async function mailPlaceOf(
  call: Pick<Call, 'options' | 'machine'>,
): Promise<Pick<AsyncManagerOptions, 'mailDatabase' | 'fleet'>> {
  const place = await mailDatabaseOf(call);
  const file = call.options.fleet;
  if (file === undefined) return place;
  if (place.mailDatabase === undefined) {
    throw new Failure(EXIT.usage, '--fleet is for nodes that share a database: give --database FILE too.');
  }
  const source = { file: path.resolve(call.machine.cwd, file) };
  return { ...place, fleet: await fleetInFile(systemPlatform.disk, source) };
}

/**
 * Where mail for others lies in place of the data directory. The URL has a password in it, so it is never an argument.
 * @throws Failure
 */
async function mailDatabaseOf({
  options,
  machine,
}: Pick<Call, 'options' | 'machine'>): Promise<Pick<AsyncManagerOptions, 'mailDatabase'>> {
  const standbys = numberOption(options, 'standbys', { min: 0, max: 100, whole: true });
  const { database: file, schema } = options;
  if (file === undefined) {
    const alone = (['schema', 'standbys'] as const).find((name) => options[name] !== undefined);
    if (alone === undefined) return {};
    throw new Failure(EXIT.usage, `--${alone} is for a database: give --database FILE too.`);
  }
  const text = (await namedFile(machine, file, `The file ${file}`)).toString('utf8');
  const given = { ...(schema !== undefined && { schema }), ...(standbys !== undefined && { standbys }) };
  return { mailDatabase: { url: text.trim(), ...given } };
}
