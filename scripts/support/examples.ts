import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cachedPackages } from './cached-packages';
import { ROOT } from './project';

const FOLDER = path.join(ROOT, 'examples');

/**
 * Packages of others that examples use. They are never dependencies of ours: a user who wants them installs them. The
 * last one is the engine of the one before.
 */
const PACKAGES = [
  '@flowfuse/node-red-dashboard@1.31.0',
  'node-red-node-sqlite@1.1.1',
  '@appthreat/sqlite3@8.0.1',
];

const FILES = {
  dashboard: '@flowfuse/node-red-dashboard',
  sqlite: 'node-red-node-sqlite',
  engine: 'sqlite3',
} as const;

/** Node types of these packages, by the example that needs them. */
export const FOREIGN_TYPES: Readonly<Record<string, readonly string[]>> = {
  '11-write-to-database': ['sqlite', 'sqlitedb'],
  '16-dashboard-page': ['ui-base', 'ui-theme', 'ui-page', 'ui-group', 'ui-table', 'ui-gauge', 'ui-button'],
};

/** The folders of the packages that have these types, from the registry unless they are there. */
export async function exampleNodes(): Promise<string[]> {
  const { dashboard, sqlite, engine } = await cachedPackages('example-nodes', PACKAGES, FILES);
  // sqlite3 fetches its engine by an install script, and none runs here: a build that has it within the package, with
  // the same interface, takes its place.
  await writeFile(path.join(engine, 'package.json'), JSON.stringify({ name: 'sqlite3', main: 'index.js' }));
  await writeFile(path.join(engine, 'index.js'), "module.exports = require('@appthreat/sqlite3').default;\n");
  return [dashboard, sqlite];
}

/** Names of the examples as Import > Examples shows them, in its order. */
export async function exampleNames(): Promise<string[]> {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.json'));
  return files.map((name) => name.replace(/\.json$/, '')).sort();
}

/** An entry of an example's file: a tab, a config node or a node. */
export interface ExampleEntry {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly outputs?: number;
  readonly wires?: readonly (readonly string[])[];
  readonly [property: string]: unknown;
}

/** The flow of an example, as it is shipped. */
export async function readExample(name: string): Promise<ExampleEntry[]> {
  return JSON.parse(await readFile(path.join(FOLDER, `${name}.json`), 'utf8')) as ExampleEntry[];
}
