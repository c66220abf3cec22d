/** An option of the command line. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** One letter for it, after a single dash. */
  readonly short?: string;
  /** What stands for its value in a help page. */
  readonly value?: string;
  readonly about: string;
}

/** All options, of whatever command. */
export const OPTIONS = {
  data: { type: 'string', value: 'DIR', about: 'the data directory' },
  'passphrase-file': { type: 'string', value: 'FILE', about: 'file with the passphrase of the directory' },
  proxy: { type: 'string', value: 'URL', about: 'socks5://HOST:PORT or http://HOST:PORT' },
  bootstrap: { type: 'string', value: 'FILE', about: 'list of Tox nodes to enter the network by' },
  port: { type: 'string', value: 'PORT', about: 'UDP port; the first free one from 33445 on' },
  tcp: { type: 'boolean', about: 'no UDP' },
  log: { type: 'string', value: 'FORM', about: 'text or json' },
  help: { type: 'boolean', short: 'h', about: 'this page' },
  version: { type: 'boolean', about: 'the version' },
  seal: { type: 'boolean', about: 'ask for a passphrase that seals the directory' },
  join: { type: 'string', value: 'FILE', about: 'join one of the cells in the URI of this file' },
  'join-tokens': { type: 'string', value: 'FILE', about: 'tokens by which devices become friends' },
  role: { type: 'string', value: 'ROLE', about: 'friends (default), or everyone: an open node' },
  'friends-cap': { type: 'string', value: 'N', about: 'most friends let in this way (200; 250 with tokens)' },
  qr: { type: 'boolean', about: 'draw the QR code, on a terminal or not' },
  name: { type: 'string', value: 'NAME', about: 'your name for the friend' },
  message: { type: 'string', value: 'TEXT', about: 'what the friend request says' },
  file: { type: 'string', value: 'FILE', about: 'send the bytes of this file' },
  topic: { type: 'string', value: 'TOPIC', about: 'a label that travels with the message' },
  wait: { type: 'string', value: 'STATE', about: 'stored (default), delivered, or queued: do not wait' },
  timeout: { type: 'string', value: 'SECONDS', about: 'end after this time' },
  expires: { type: 'string', value: 'SECONDS', about: 'give the message up after this time (7 days)' },
  replaces: { type: 'string', value: 'NAME', about: 'of messages of one name only the newest matters' },
  'overdue-after': { type: 'string', value: 'SECONDS', about: 'say so when there is no receipt by then' },
  urgent: { type: 'boolean', about: 'before messages that are not, with keys kept for such' },
  as: { type: 'string', value: 'KIND', about: 'text, action, json or binary' },
  json: { type: 'boolean', about: 'JSON, one line each' },
  history: { type: 'boolean', about: 'what happened in each hour of the last week, too' },
  exec: { type: 'string', value: 'PROGRAM', about: 'start this for each message; arguments after --' },
  once: { type: 'boolean', about: 'end after the first message' },
  metrics: { type: 'string', value: 'PORT', about: 'figures for Prometheus on this port of 127.0.0.1' },
  cap: { type: 'string', value: 'MB', about: 'most space for the mail of others (64)' },
  database: { type: 'string', value: 'FILE', about: 'URL of a PostgreSQL for the mail of others' },
  schema: { type: 'string', value: 'NAME', about: 'schema of its tables (tox_async)' },
  standbys: { type: 'string', value: 'N', about: 'synchronous standbys it should have (0)' },
  fleet: { type: 'string', value: 'FILE', about: 'what fleet certify printed' },
  plain: { type: 'boolean', about: 'leave the backup unsealed' },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof OPTIONS;

/** Options of every command. */
export const COMMON: readonly OptionName[] = ['data', 'passphrase-file', 'log', 'help'];
/** Options of every command that may use the network. */
export const NETWORK: readonly OptionName[] = ['proxy', 'bootstrap', 'port', 'tcp'];

/** What was given. */
export type Options = {
  readonly [N in OptionName]?: (typeof OPTIONS)[N]['type'] extends 'boolean' ? boolean : string;
};
