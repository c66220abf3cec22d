import { tool } from './project';
import { run } from './run';

/** Compiles bin/, lib/ and nodes/: the code without comments, which would be a tenth of the package, and types with them. */
export async function compile(folder: string): Promise<void> {
  const project = ['-p', 'tsconfig.build.json', '--outDir', folder];
  await run(tool('tsc'), [...project, '--declaration', 'false', '--removeComments']);
  await run(tool('tsc'), [...project, '--emitDeclarationOnly', '--noCheck']);
}
