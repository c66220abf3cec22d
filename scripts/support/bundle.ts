import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

/** Compiled modules of one folder, and those of them that others load. */
export interface Bundle {
  readonly folder: string;
  /** Within the folder. */
  readonly doors: readonly string[];
}

/** The code of several doors of a folder, which so share its classes and its state. */
const SHARED = 'code.js';

/**
 * Joins the modules of each folder, because a start that finds and reads four hundred small files spends a quarter of its
 * processor time on that. What remains of its JavaScript is the doors, the code that they share, and each module that
 * the code names by `require.resolve`, for a thread or a process of its own. A module may load doors of the other folders.
 * @throws Error a module loads one of another folder that is no door
 */
export async function bundle(bundles: readonly Bundle[]): Promise<void> {
  const doors = new Set(
    bundles.flatMap(({ folder, doors: names }) => names.map((name) => path.join(folder, name))),
  );
  const all: Joined[] = [];
  for (const each of bundles) all.push({ ...each, made: await joinedFiles(each, doors) });
  for (const each of all) await replace(each);
}

interface Joined extends Bundle {
  /** Code by its file. */
  readonly made: ReadonlyMap<string, string>;
}

/** Where the code of a folder goes: one door has it itself. */
function mainOf({ folder, doors: [door = SHARED, ...others] }: Bundle): string {
  return path.join(folder, others.length === 0 ? door : SHARED);
}

async function joinedFiles(from: Bundle, doors: ReadonlySet<string>): Promise<Map<string, string>> {
  const { folder, doors: names } = from;
  const main = mainOf(from);
  const made = new Map<string, string>();
  const waiting = new Set([main]);
  // A Set also walks what is added on the way.
  for (const file of waiting) {
    const entry = file === main && names.length > 1 ? sharedBy(names, folder) : { entryPoints: [file] };
    const boundary = boundaryOf({ folder, doors, file, onNamed: (named) => waiting.add(named) });
    made.set(file, await joined(path.dirname(folder), entry, boundary));
  }
  return made;
}

async function replace({ folder, doors: names, made }: Joined): Promise<void> {
  for (const name of await readdir(folder, { recursive: true })) {
    if (name.endsWith('.js')) await rm(path.join(folder, name));
  }
  for (const [file, text] of made) await write(file, text);
  if (names.length === 1) return;
  const main = path.join(folder, SHARED);
  const shared = createRequire(main)(main) as Record<string, () => object>;
  for (const name of names) await write(path.join(folder, name), doorTo(name, shared[name]?.()));
}

type Entry = Pick<Parameters<typeof build>[0], 'entryPoints' | 'stdin'>;

async function joined(root: string, entry: Entry, boundary: Plugin): Promise<string> {
  const { outputFiles } = await build({
    ...entry,
    bundle: true,
    write: false,
    // Each module is named by its place in here.
    absWorkingDir: root,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    keepNames: true,
    plugins: [boundary],
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/** A module that loads each door when it is asked for it. */
function sharedBy(names: readonly string[], folder: string): Entry {
  const functions = names.map((name) => `exports[${JSON.stringify(name)}] = () => require("./${name}");\n`);
  return { stdin: { contents: functions.join(''), resolveDir: folder, sourcefile: SHARED } };
}

/** Its second line is never run: it tells Node which names an ES module can import. */
function doorTo(name: string, door: object | undefined): string {
  const shared = path.posix.relative(path.posix.dirname(name), SHARED);
  const from = shared.startsWith('.') ? shared : `./${shared}`;
  const names = Object.keys(door ?? {}).filter((each) => each !== '__esModule');
  return [
    `module.exports = require("${from}")["${name}"]();\n`,
    ...(names.length === 0 ? [] : [`0 && (module.exports = { ${names.join(', ')} });\n`]),
  ].join('');
}

interface Boundary extends Pick<Bundle, 'folder'> {
  readonly doors: ReadonlySet<string>;
  /** That is being made. */
  readonly file: string;
  readonly onNamed: (file: string) => void;
}

/** Leaves other folders' doors, and what is named by `require.resolve`, outside of the file. */
function boundaryOf({ folder, doors, file, onNamed }: Boundary): Plugin {
  return {
    name: 'boundary',
    setup(plugin) {
      plugin.onResolve({ filter: /^\./ }, ({ path: wanted, resolveDir, kind }) => {
        const found = createRequire(path.join(resolveDir, SHARED)).resolve(wanted);
        const isNamed = kind === 'require-resolve';
        if (!isNamed && found.startsWith(folder + path.sep)) return undefined;
        if (isNamed && found.endsWith('.js')) onNamed(found);
        if (!isNamed && !doors.has(found))
          return { errors: [{ text: `${found} is no door of its folder.` }] };
        const relative = path.relative(path.dirname(file), found).split(path.sep).join('/');
        return { path: relative.startsWith('.') ? relative : `./${relative}`, external: true };
      });
    },
  };
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}
