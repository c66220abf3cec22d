import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BootstrapNode } from '../../../lib/transport/toxcore/bootstrap-nodes';
import { freePort } from './udp-port';
import { PROCESS_MS, until } from './until';

/** tox-bootstrapd on this machine: the whole Tox network of a test. */
export class BootstrapDaemon {
  private constructor(
    readonly node: BootstrapNode,
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(): Promise<BootstrapDaemon> {
    const port = await freePort();
    const folder = await mkdtemp(path.join(tmpdir(), 'tox-bootstrapd-'));
    const config = path.join(folder, 'config');
    await writeFile(
      config,
      [
        `port = ${port}`,
        `keys_file_path = "${folder}/keys"`,
        `pid_file_path = "${folder}/pid"`,
        'enable_ipv6 = false',
        'enable_lan_discovery = false',
        'enable_tcp_relay = true',
        `tcp_relay_ports = [${port}]`,
        'enable_motd = false',
      ].join('\n'),
    );
    const daemon = spawn('tox-bootstrapd', ['--config', config, '--foreground', '--log-backend', 'stdout'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    for (const stream of [daemon.stdout, daemon.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (log += text));
    const key = () => /Public Key: ([0-9A-F]{64})/.exec(log)?.[1];
    await until(
      () => `the key of tox-bootstrapd in\n${log}`,
      () => key() !== undefined,
      PROCESS_MS,
    );
    return new BootstrapDaemon({ host: '127.0.0.1', port, key: key() ?? '' }, daemon, folder);
  }

  async stop(): Promise<void> {
    this.process.kill();
    if (this.process.exitCode === null) await once(this.process, 'exit');
    await rm(this.folder, { recursive: true });
  }
}
