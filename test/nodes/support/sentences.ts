import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { ROOT } from '../../../scripts/support/project';

/** Stands for what a sentence is filled with. */
export const BLANK = '\u0000';

/** An error that the code makes. */
export interface MadeError {
  readonly file: string;
  /** Of its code; undefined where that is computed. */
  readonly code: string | undefined;
  /** Its message, in each form that the code can give it; a blank alone where that is computed. */
  readonly forms: readonly string[];
}

function filesOf(folder: string): ts.SourceFile[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('editor'))
    .map((name) => {
      const file = path.join(folder, name);
      return ts.createSourceFile(
        file,
        readFileSync(path.join(ROOT, file), 'utf8'),
        ts.ScriptTarget.Latest,
        true,
      );
    });
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

/** What the constants of a file are set to, by their names. */
function constantsIn(file: ts.SourceFile): Map<string, ts.Expression> {
  const found = new Map<string, ts.Expression>();
  visit(file, (node) => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer)
      found.set(node.name.text, node.initializer);
  });
  return found;
}

/** The texts that an expression can have, what is computed as a blank. A constant is given both ways. */
function formsOf(node: ts.Expression, constants: ReadonlyMap<string, ts.Expression>): string[] {
  const of = (part: ts.Expression) => formsOf(part, constants);
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isParenthesizedExpression(node)) return of(node.expression);
  if (ts.isConditionalExpression(node)) return [...of(node.whenTrue), ...of(node.whenFalse)];
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return joined([of(node.left), of(node.right)]);
  if (ts.isTemplateExpression(node)) {
    const parts = node.templateSpans.flatMap(({ expression, literal }) => [of(expression), [literal.text]]);
    return joined([[node.head.text], ...parts]);
  }
  const constant = ts.isIdentifier(node) ? constants.get(node.text) : undefined;
  if (constant === undefined || ts.isIdentifier(constant)) return [BLANK];
  return [...new Set([BLANK, ...formsOf(constant, constants)])];
}

function joined(parts: readonly string[][]): string[] {
  return parts.reduce((all, part) => all.flatMap((start) => part.map((end) => start + end)), ['']);
}

const oneBlank = (text: string) => text.replace(new RegExp(`${BLANK}+`, 'g'), BLANK);

/** Every text in the code of the core and the nodes. */
export function textsInCode(): Set<string> {
  const texts = new Set<string>();
  for (const file of ['lib', 'nodes'].flatMap(filesOf)) {
    const constants = constantsIn(file);
    visit(file, (node) => {
      const isText = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
      if (isText || (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken))
        for (const form of formsOf(node, constants)) texts.add(oneBlank(form));
    });
  }
  return texts;
}

/** Every error that the core and the nodes make. */
export function errorsInCode(): MadeError[] {
  return ['lib', 'nodes'].flatMap(filesOf).flatMap((file) => {
    const constants = constantsIn(file);
    const made: MadeError[] = [];
    visit(file, (node) => {
      if (!ts.isNewExpression(node) || node.expression.getText() !== 'ToxAsyncError') return;
      const [code, message] = node.arguments ?? [];
      if (message === undefined) return;
      made.push({
        file: file.fileName,
        code: code && ts.isStringLiteral(code) ? code.text : undefined,
        forms: formsOf(message, constants).map(oneBlank),
      });
    });
    return made;
  });
}
