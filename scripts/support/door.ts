import path from 'node:path';
import ts from 'typescript';
import { ROOT } from './project';

/** What is wrong with a public door, a line each. */
export interface DoorFaults {
  /** "Export mentions Type": a type of the project that no door exports. */
  readonly leaks: string[];
  /** Exports without a doc comment. */
  readonly undocumented: string[];
}

/** The package's doors. `testing` may mention what `index` exports. */
export const DOORS = ['lib/index.ts', 'lib/testing/index.ts'];

/**
 * Checks doors as their users see them: in the declarations that the build emits, where only signatures are left.
 * @param doors source files below `root`; a later one may mention what an earlier one exports
 */
export function checkDoors(doors: readonly string[] = DOORS, root = ROOT): DoorFaults[] {
  const { program, folder } = declarationsOf(doors.map((door) => path.join(root, door)));
  const checker = program.getTypeChecker();
  const exported = new Set<ts.Symbol>();
  return doors.map((door) => {
    const file = program.getSourceFile(path.join(root, door).replace(/\.ts$/, '.d.ts'));
    const module = file && checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`${door} is no module.`);
    const symbols = checker.getExportsOfModule(module).map((symbol) => resolved(checker, symbol));
    for (const symbol of symbols) exported.add(symbol);
    const leaks = new Set<string>();
    for (const symbol of symbols) {
      for (const declaration of symbol.declarations ?? []) {
        forEachMention(declaration, (name) => {
          const found = checker.getSymbolAtLocation(name);
          const mentioned = found && resolved(checker, found);
          if (mentioned === undefined || exported.has(mentioned) || !isOurs(mentioned, folder)) return;
          leaks.add(`${symbol.name} mentions ${mentioned.name}`);
        });
      }
    }
    const undocumented = symbols.filter((symbol) => isOurs(symbol, folder) && !isDocumented(checker, symbol));
    return { leaks: [...leaks].sort(), undocumented: undocumented.map(({ name }) => name).sort() };
  });
}

/** A program over the declarations that the build would emit for `entries`, which stay in memory. */
function declarationsOf(entries: readonly string[]): { program: ts.Program; folder: string } {
  const config = ts.readConfigFile(path.join(ROOT, 'tsconfig.build.json'), (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const folder = path.dirname(entries[0] ?? ROOT);
  const emitOptions = {
    ...options,
    outDir: folder,
    rootDir: folder,
    emitDeclarationOnly: true,
    incremental: false,
  };
  const files = new Map<string, string>();
  ts.createProgram([...entries], emitOptions).emit(undefined, (file, text) =>
    files.set(path.resolve(file), text),
  );
  const host = ts.createCompilerHost(options);
  const ofDisk = { ...host };
  host.fileExists = (file) => files.has(file) || (!isSourceOf(files, file) && ofDisk.fileExists(file));
  host.readFile = (file) => files.get(file) ?? ofDisk.readFile(file);
  host.getSourceFile = (file, language) => {
    const text = files.get(file);
    return text === undefined
      ? ofDisk.getSourceFile(file, language)
      : ts.createSourceFile(file, text, language, true);
  };
  const roots = entries.map((entry) => entry.replace(/\.ts$/, '.d.ts'));
  return { program: ts.createProgram(roots, { ...options, noEmit: true }, host), folder };
}

/** Sources stand beside the declarations and must not be found before them. */
function isSourceOf(files: ReadonlyMap<string, string>, file: string): boolean {
  return file.endsWith('.ts') && !file.endsWith('.d.ts') && files.has(file.replace(/\.ts$/, '.d.ts'));
}

function resolved(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** Declared at the top of a module of ours; parameters, type parameters and members are not. */
function isOurs(symbol: ts.Symbol, folder: string): boolean {
  return (symbol.declarations ?? []).some((declaration) => {
    const holder = ts.isVariableDeclaration(declaration)
      ? declaration.parent.parent.parent
      : declaration.parent;
    return ts.isSourceFile(holder) && holder.fileName.startsWith(folder + path.sep);
  });
}

function isDocumented(checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim() !== '';
}

/** Every name in a signature that stands for a type, or for a value whose type is meant. */
function forEachMention(node: ts.Node, visit: (name: ts.Node) => void): void {
  if (ts.isTypeReferenceNode(node)) visit(node.typeName);
  else if (ts.isTypeQueryNode(node)) visit(node.exprName);
  else if (ts.isExpressionWithTypeArguments(node)) visit(node.expression);
  else if (ts.isImportTypeNode(node) && node.qualifier) visit(node.qualifier);
  ts.forEachChild(node, (child) => forEachMention(child, visit));
}
