/** The file of the child process, compiled or as TypeScript. */
export function childFile(): string {
  return require.resolve('./child');
}
