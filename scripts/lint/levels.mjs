/**
 * ESLint rule: the direction of imports. A folder of `lib/` imports only folders below it, `nodes/` knows the core
 * only through `lib/index.ts`, the core knows nothing of Node-RED, and modules are loaded at run time (`import()`,
 * `require`) only by the loaders of packages that are not always needed. no-restricted-imports sees none of the last.
 */
import { readFileSync } from 'node:fs';
import { fileOf, matchesAny, resolveRelative, staticText } from './paths.mjs';

/** The folders and root files of `lib/`, bottom up. Members of one level import nothing from each other. */
export const LEVELS = [
  ['bytes', 'byte-map', 'peer-map', 'constants', 'errors', 'types'],
  ['platform'],
  ['crypto'],
  ['protocol'],
  ['store'],
  ['identity'],
  ['cells'],
  ['forward-security', 'storage', 'transport'],
  ['network'],
  ['client'],
  ['manager'],
  ['control', 'metrics'],
  ['index'],
  ['testing'],
];

/** The only files of `lib/` that may load a module at run time: each loads one package that not every machine has or needs. */
export const LOADERS = [
  'lib/crypto/kem/noble-loader.ts',
  'lib/crypto/providers/sodium.ts',
  'lib/store/lmdb/lmdb-loader.ts',
  'lib/store/nedb/nedb-loader.ts',
  'lib/storage/postgres/connection/pg-loader.ts',
  'lib/transport/toxcore/**/*-loader.ts',
];

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const INSTALLED_ALWAYS = new Set(Object.keys(manifest.dependencies ?? {}));

/** The folders of `nodes/` that belong to no single node; runtime/ knows nothing of session/, only texts. */
const SHARED_BY_NODES = ['runtime', 'session', 'locales'];

/** 'lib/store/table' -> 'store', 'lib/errors' -> 'errors', anything outside `lib/` -> undefined. */
function memberOf(module) {
  const [root, member] = module.split('/');
  return root === 'lib' ? member : undefined;
}

const levelOf = (member) => LEVELS.findIndex((level) => level.includes(member));

/** 'nodes/send-async' (the registrar) and 'nodes/send-async/settings' -> 'send-async'; outside -> undefined. */
function nodeOf(module) {
  const [root, node] = module.split('/');
  return root === 'nodes' ? node : undefined;
}

const packageName = (source) => source.split('/', source.startsWith('@') ? 2 : 1).join('/');

/** What is wrong with a module of the core importing `source`: [messageId, data], or undefined. */
function breachInLib(file, source, typeOnly, isLoader) {
  const target = resolveRelative(file, source);
  if (target === undefined) {
    if (/^(@node-red\/|node-red\b)/.test(source)) return ['nodeRed', {}];
    if (source.startsWith('node:') || typeOnly || isLoader) return undefined;
    return INSTALLED_ALWAYS.has(packageName(source)) ? undefined : ['optional', { source }];
  }
  const from = memberOf(file.replace(/\.ts$/, ''));
  const to = memberOf(target);
  if (to === undefined) return ['outside', { source }];
  if (levelOf(from) < 0) return ['unknown', { member: from }];
  if (levelOf(to) < 0) return ['unknown', { member: to }];
  const rootFiles = levelOf(from) === 0 && levelOf(to) === 0;
  return from === to || rootFiles || levelOf(to) < levelOf(from) ? undefined : ['upward', { from, to }];
}

/** The same for a file of `nodes/`. */
function breachInNodes(file, source) {
  const target = resolveRelative(file, source);
  if (target === undefined || target === 'lib/index' || target === 'lib') return undefined;
  const to = nodeOf(target);
  if (to === undefined) return ['door', { source }];
  const from = nodeOf(file.replace(/\.ts$/, ''));
  const shared = from === 'runtime' ? ['locales'] : SHARED_BY_NODES;
  return to === from || shared.includes(to) ? undefined : ['otherNode', { source }];
}

const EDITOR = 'nodes/editor/';
/** Of the runtime, what runs in browsers shares these types, how settings of older versions are read, and faults are said. */
const TYPES_FOR_EDITOR = 'nodes/sidebar/view';
const CODE_FOR_EDITOR = [
  'nodes/runtime/settings/migrate',
  'nodes/*/migrations',
  'nodes/runtime/failures/said',
];

/** The same for a file of `nodes/editor/`. */
function breachInEditor(file, source, typeOnly) {
  const target = resolveRelative(file, source);
  if (target === undefined) return ['editor', { source }];
  const isShared = (target === TYPES_FOR_EDITOR && typeOnly) || matchesAny(target, CODE_FOR_EDITOR);
  return target.startsWith(EDITOR) || isShared ? undefined : ['editor', { source }];
}

/** The same for a file of `bin/`: it stands on the core and on Node.js alone. */
function breachInBin(file, source) {
  const target = resolveRelative(file, source);
  if (target === undefined) return source.startsWith('node:') ? undefined : ['binPackage', { source }];
  return target === 'lib/index' || target.startsWith('bin/') ? undefined : ['door', { source }];
}

/** @type {import('eslint').Rule.RuleModule} */
export const levels = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      upward: "'{{from}}' must not import '{{to}}': it is not below it (scripts/lint/levels.mjs).",
      unknown: "'{{member}}' has no level: give it one in scripts/lint/levels.mjs.",
      outside: "The core imports nothing from outside lib/ ('{{source}}').",
      nodeRed: 'The core does not know Node-RED.',
      optional:
        "'{{source}}' is not among package.json's dependencies: load it in a loader that can do without.",
      binPackage: "bin/ uses nothing but lib/ and Node.js itself ('{{source}}').",
      door: "nodes/ and bin/ know the project only through lib/index ('{{source}}').",
      otherNode:
        "A node's files import their own folder, nodes/session and nodes/runtime; runtime imports neither ('{{source}}').",
      editor:
        "What runs in browsers imports nodes/editor, types of nodes/sidebar/view, migrations and failures/said ('{{source}}').",
      runtimeLoad:
        'Modules are loaded at run time only by the loaders of packages that are not always needed.',
    },
  },
  create(context) {
    const file = fileOf(context);
    const inLib = file.startsWith('lib/');
    const inNodes = file.startsWith('nodes/');
    const inEditor = file.startsWith(EDITOR);
    const inBin = file.startsWith('bin/');
    if (!inLib && !inNodes && !inBin) return {};
    const isLoader = matchesAny(file, LOADERS);

    const breachIn = (source, typeOnly) => {
      if (inEditor) return breachInEditor(file, source, typeOnly);
      if (inBin) return breachInBin(file, source);
      return inLib ? breachInLib(file, source, typeOnly, isLoader) : breachInNodes(file, source);
    };
    const report = (node, [messageId, data]) => context.report({ node, messageId, data });
    const check = (node, source, typeOnly) => {
      if (source === undefined) return;
      const breach = breachIn(source, typeOnly);
      if (breach) report(node, breach);
    };
    const checkDeclaration = (node) => {
      const typeOnly = node.importKind === 'type' || node.exportKind === 'type';
      if (node.source) check(node, staticText(node.source), typeOnly);
    };
    const checkLoad = (node, argument) => {
      if (!isLoader) report(node, ['runtimeLoad', {}]);
      check(node, staticText(argument), false);
    };

    return {
      ImportDeclaration: checkDeclaration,
      ExportNamedDeclaration: checkDeclaration,
      ExportAllDeclaration: checkDeclaration,
      TSImportType: (node) => check(node, staticText(node.source ?? node.argument?.literal), true),
      TSExternalModuleReference: (node) => check(node, staticText(node.expression), false),
      ImportExpression: (node) => checkLoad(node, node.source),
      // `require` in any form: called, `require.resolve`, or handed on under another name.
      'Identifier[name="require"]': (node) => {
        const { parent } = node;
        if (parent.type === 'MemberExpression' && parent.property === node && !parent.computed) return;
        if (parent.type === 'Property' && parent.key === node && !parent.shorthand) return;
        const call = parent.type === 'MemberExpression' ? parent.parent : parent;
        checkLoad(node, call.type === 'CallExpression' ? call.arguments[0] : undefined);
      },
      'Identifier[name="createRequire"]': (node) => {
        if (!isLoader) report(node, ['runtimeLoad', {}]);
      },
    };
  },
};
