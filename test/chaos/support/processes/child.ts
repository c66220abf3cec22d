/**
 * A process made to be killed. It says 'ready' on file descriptor 3, reads on stdin which devices to open and
 * where to die, and then does what devices do; see child-messages.ts.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Life } from '../life';
import type { FromChild, ToChild } from './child-messages';
import { DeviceInChild } from './device-in-child';
import { fastPlatform } from './fast-platform';

const TO_PARENT = 3;
const devices = new Map<string, DeviceInChild>();

function tell(message: FromChild): void {
  // All of it at once: after a kill half a line would look like damage.
  const line = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let done = 0; done < line.length; done += writeSync(TO_PARENT, line, done));
}

function die(): void {
  tell({ kind: 'dies' });
  process.kill(process.pid, 'SIGKILL');
}

async function open({ devices: wanted, epoch, plan }: Extract<ToChild, { kind: 'open' }>): Promise<void> {
  const platform = fastPlatform(epoch);
  await Promise.all(
    wanted.map(async (device) => {
      const own = plan?.device === device.name ? plan : undefined;
      const opened = await DeviceInChild.open({
        device,
        platform,
        life: new Life(die, own),
        dissected: own !== undefined,
        tell: (message) => tell({ device: device.name, ...message }),
      });
      devices.set(device.name, opened);
      await opened.start();
    }),
  );
}

function take(message: ToChild): void {
  if (message.kind === 'open') {
    open(message).catch((error: unknown) => {
      tell({ device: '', kind: 'trouble', text: `it did not start: ${String(error)}` });
    });
    return;
  }
  const device = devices.get(message.device);
  if (device === undefined) throw new Error(`${message.device} is not open yet`);
  device.take(message);
}

createInterface({ input: process.stdin }).on('line', (line) => take(JSON.parse(line) as ToChild));
tell({ kind: 'ready' });
