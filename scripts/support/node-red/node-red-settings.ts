import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Settings that can be written as JSON; see Node-RED's own settings.js for their meaning. */
export type Settings = Record<string, unknown>;

/** A Node-RED that listens on this machine only, on any free port, talks to nobody, and logs in English. */
const QUIET: Settings = {
  uiHost: '127.0.0.1',
  uiPort: 0,
  flowFile: 'flows.json',
  credentialSecret: 'no secret: for tests and trials on this machine',
  lang: 'en-US',
  telemetry: { enabled: false, updateNotification: false },
  diagnostics: { enabled: false, ui: false },
  externalModules: {
    autoInstall: false,
    palette: { allowInstall: false, allowUpload: false, allowUpdate: false, catalogues: [] },
    modules: { allowInstall: false },
  },
  editorTheme: { tours: false, userMenu: false },
  logging: { console: { level: 'info', metrics: false, audit: false } },
};

/** Writes `settings.js` into the user directory and returns its path. */
export async function writeSettings(userDir: string, extra: Settings = {}): Promise<string> {
  await mkdir(userDir, { recursive: true });
  const file = path.join(userDir, 'settings.js');
  const settings = { ...QUIET, userDir, ...extra };
  await writeFile(file, `module.exports = ${JSON.stringify(settings, undefined, 2)};\n`);
  return file;
}
