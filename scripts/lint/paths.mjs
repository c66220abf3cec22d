import path from 'node:path';

/**
 * The linted file as a path from the repository's root with forward slashes, such as `lib/store/table.ts`.
 * @param {import('eslint').Rule.RuleContext} context
 */
export function fileOf(context) {
  return path.relative(context.cwd, context.filename).split(path.sep).join('/');
}

/**
 * `source` of an import in `file`, as a path from the repository's root without extension; undefined for a package.
 * @param {string} file @param {string} source
 */
export function resolveRelative(file, source) {
  if (!source.startsWith('.')) return undefined;
  return path.posix.join(path.posix.dirname(file), source).replace(/\.[cm]?[jt]s$/, '');
}

/**
 * True when `file` matches one of the patterns; `*` stands for any part of one name, `**` for any path.
 * @param {string} file @param {readonly string[]} patterns
 */
export function matchesAny(file, patterns) {
  return patterns.some((pattern) => toRegExp(pattern).test(file));
}

/** @param {string} pattern */
function toRegExp(pattern) {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, (stars) => (stars.length > 1 ? '.*' : '[^/]*'));
  return new RegExp(`^${source}$`);
}

/**
 * The text of a literal or of a template without parts, else undefined.
 * @param {any} node
 */
export function staticText(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0].value.cooked;
  return undefined;
}
