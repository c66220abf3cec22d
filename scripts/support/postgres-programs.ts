import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Where Debian puts the programs of each version. */
const DEBIAN = '/usr/lib/postgresql';
const PROGRAMS = ['initdb', 'postgres', 'pg_ctl', 'pg_basebackup'];

/** Which users a process may be; the last number of a line is how many. */
const UID_MAP = '/proc/self/uid_map';

/** The folder of the newest PostgreSQL's programs; undefined where none is installed. */
export function postgresFolder(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).map(Number).filter(Number.isFinite) : [];
  const folders = versions.sort((a, b) => b - a).map((version) => path.join(DEBIAN, String(version), 'bin'));
  const onPath = spawnSync('sh', ['-c', 'command -v pg_ctl'], { encoding: 'utf8' }).stdout.trim();
  if (onPath !== '') folders.push(path.dirname(onPath));
  return folders.find((folder) => PROGRAMS.every((name) => existsSync(path.join(folder, name))));
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package makes. */
export function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Whether one can run here: in a user namespace nobody is root, and nobody else is there. */
export function mayRunPostgres(): boolean {
  if (postgresFolder() === undefined) return false;
  if (process.getuid?.() !== 0) return true;
  return existsSync(UID_MAP) && !/\s1\s*$/.test(readFileSync(UID_MAP, 'utf8'));
}
