/**
 * ESLint rule: time, chance and the disk are injected. In `lib/` only a few files may touch the real ones, because a
 * seed must replay a whole simulated network exactly.
 */
import { fileOf, matchesAny, staticText } from './paths.mjs';

/** The files of `lib/` that touch the machine. */
export const TOUCHES_THE_MACHINE = [
  'lib/platform/**',
  'lib/testing/simulated-platform.ts',
  'lib/store/directory/lock/**',
  'lib/store/lmdb/**',
  'lib/store/nedb/**',
  'lib/transport/toxcore/**',
];

const GLOBALS = new Set(['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'crypto']);

const MEMBERS = new Map([
  ['Math', new Set(['random'])],
  ['process', new Set(['hrtime', 'uptime'])],
  ['globalThis', GLOBALS],
  ['global', GLOBALS],
]);

const MODULES = new Set(
  ['fs', 'fs/promises', 'timers', 'timers/promises', 'perf_hooks'].flatMap((name) => [name, `node:${name}`]),
);

/** What draws from the machine's random numbers, by module. */
const CHANCE =
  /^(randomBytes|randomFill(Sync)?|randomInt|randomUUID|generateKey(Pair)?(Sync)?|webcrypto|getRandomValues)$/;
const CHANCE_IN = new Set(['crypto', 'node:crypto', 'tweetnacl', 'sodium-native']);
const SODIUM_CHANCE = /^(randombytes_.*|crypto_(box|kx|sign)_keypair|crypto_.*_keygen)$/;

const isChance = (name) => CHANCE.test(name) || SODIUM_CHANCE.test(name);

/** `object.name`, `object['name']` -> 'name'; undefined when it is computed at run time. */
function memberName(node) {
  return node.computed ? staticText(node.property) : node.property.name;
}

/** @type {import('eslint').Rule.RuleModule} */
export const injectedOnly = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      injected:
        "'{{name}}' is not for lib/: take it from the injected Platform (scripts/lint/injected-only.mjs).",
    },
  },
  create(context) {
    const file = fileOf(context);
    if (!file.startsWith('lib/') || matchesAny(file, TOUCHES_THE_MACHINE)) return {};
    const { sourceCode } = context;
    const report = (node, name) => context.report({ node, messageId: 'injected', data: { name } });

    /** Follows a name bound to a whole module (`import * as c`, `const c = require(...)`). */
    const checkUses = (node) => {
      for (const variable of sourceCode.getDeclaredVariables(node)) {
        for (const { identifier } of variable.references) checkMember(identifier);
      }
    };
    const checkMember = (identifier) => {
      const { parent } = identifier;
      if (parent?.type !== 'MemberExpression' || parent.object !== identifier) {
        if (parent?.type === 'VariableDeclarator') checkPattern(parent.id);
        return;
      }
      const name = memberName(parent);
      if (name !== undefined && isChance(name)) report(parent, name);
      // tweetnacl draws by itself in box.keyPair() and sign.keyPair(), not in keyPair.fromSecretKey().
      const inner = parent.parent;
      if (inner?.type === 'MemberExpression' && memberName(inner) === 'keyPair' && isCalled(inner)) {
        report(inner, `${name}.keyPair`);
      }
    };
    const isCalled = (node) => node.parent.type === 'CallExpression' && node.parent.callee === node;
    const checkPattern = (pattern) => {
      if (pattern.type !== 'ObjectPattern') return;
      for (const { key } of pattern.properties) {
        const name = key?.name ?? staticText(key);
        if (name !== undefined && isChance(name)) report(pattern, name);
      }
    };

    const checkModule = (node, source) => {
      if (source !== undefined && MODULES.has(source)) report(node, source);
    };

    return {
      ImportDeclaration(node) {
        if (node.importKind === 'type') return;
        const source = staticText(node.source);
        checkModule(node, source);
        if (!CHANCE_IN.has(source)) return;
        for (const specifier of node.specifiers) {
          if (specifier.type !== 'ImportSpecifier') checkUses(specifier);
          else if (specifier.importKind !== 'type') {
            const name = specifier.imported.name ?? staticText(specifier.imported);
            if (isChance(name)) report(specifier, name);
          }
        }
      },
      ExportNamedDeclaration: (node) => checkModule(node, staticText(node.source)),
      ExportAllDeclaration: (node) => checkModule(node, staticText(node.source)),
      ImportExpression: (node) => checkModule(node, staticText(node.source)),
      TSImportEqualsDeclaration(node) {
        const source = staticText(node.moduleReference.expression);
        checkModule(node, source);
        if (CHANCE_IN.has(source)) checkUses(node);
      },
      VariableDeclarator(node) {
        const call = node.init?.type === 'AwaitExpression' ? node.init.argument : node.init;
        const source = call?.type === 'ImportExpression' ? staticText(call.source) : requiredBy(call);
        if (!CHANCE_IN.has(source)) return;
        checkPattern(node.id);
        checkUses(node);
      },
      CallExpression: (node) => checkModule(node, requiredBy(node)),
      MemberExpression(node) {
        const name = memberName(node);
        if (node.object.type === 'Identifier' && MEMBERS.get(node.object.name)?.has(name)) {
          report(node, `${node.object.name}.${name}`);
        }
      },
      Program(program) {
        const scope = sourceCode.getScope(program);
        for (const { identifier, resolved, isTypeReference } of globalReferences(scope)) {
          const isGlobal = !resolved || resolved.defs.length === 0;
          if (isGlobal && !isTypeReference && GLOBALS.has(identifier.name))
            report(identifier, identifier.name);
        }
      },
    };
  },
};

/** Every reference of the file, inner scopes included. */
function globalReferences(scope) {
  return [...scope.references, ...scope.childScopes.flatMap(globalReferences)];
}

/** The module named by `require('...')`, else undefined. */
function requiredBy(node) {
  if (node?.type !== 'CallExpression' || node.callee.type !== 'Identifier') return undefined;
  return node.callee.name === 'require' ? staticText(node.arguments[0]) : undefined;
}
