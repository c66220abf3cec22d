import { lockPackages, type LockedPackage } from './lock-packages';

/** docs/LICENCES.md, as it is to be for the packages of the lock file. */
export function licencePage(packages: readonly LockedPackage[] = lockPackages()): string {
  const shipped = packages.filter(({ ships }) => ships);
  const others = packages.filter(({ ships }) => !ships);
  return `# Licences

Every package that package-lock.json names, by licence. \`npm run licences\` writes this page, and a test checks that it is
fresh. [DEPENDENCIES.md](DEPENDENCIES.md) says what the ones that we chose are for.

## Installed with this package

${shipped.length} packages, those that only some platforms install among them. None asks for more than its own notice,
which lies in its folder.

${lists(shipped)}

## For development

${others.length} packages that only a clone has. None of their code is in the published package.

${lists(others)}
`;
}

/** Lines of the page have at most so many characters. */
const WIDTH = 120;

function lists(packages: readonly LockedPackage[]): string {
  const licences = [...new Set(packages.map(({ licence }) => licence))].sort();
  return licences
    .map((licence) => {
      const names = packages
        .filter((each) => each.licence === licence)
        .map(({ name, version }) => `${name} ${version}`);
      return wrapped(`- **${licence}**: ${names.join(', ')}`);
    })
    .join('\n');
}

function wrapped(item: string): string {
  const lines: string[] = [];
  for (const word of item.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= WIDTH)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(lines.length === 0 ? word : `  ${word}`);
  }
  return lines.join('\n');
}
