import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The version of the package that this file is in, compiled or not. */
export function packageVersion(folder = __dirname): string {
  try {
    const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    return manifest.version;
  } catch (error) {
    const parent = path.dirname(folder);
    if (parent === folder) throw error;
    return packageVersion(parent);
  }
}
