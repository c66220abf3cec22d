import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The repository's root, absolute. */
export const ROOT = path.resolve(__dirname, '../..');

/** Git-ignored folder for everything that scripts and tests leave on the disk. */
export const CACHE = path.join(ROOT, '.cache');

/** What this project reads of its own package.json. */
export interface Manifest {
  name: string;
  version: string;
  license: string;
  keywords: string[];
  bugs: { url: string };
  engines: { node: string };
  exports: Record<string, string | { default: string }>;
  bin: Record<string, string>;
  files: string[];
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  'node-red': { version: string; nodes: Record<string, string>; plugins: Record<string, string> };
}

export const MANIFEST = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;

/** The command of an installed development tool. */
export function tool(name: string): string {
  return path.join(ROOT, 'node_modules/.bin', name);
}
