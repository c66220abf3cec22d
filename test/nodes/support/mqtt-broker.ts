import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { generate, parser, type Packet } from 'mqtt-packet';

/** An MQTT broker on this machine that passes messages on, each once, and keeps none. */
export class MqttBroker {
  readonly #server: Server;
  readonly #filters = new Map<Socket, string[]>();

  private constructor() {
    this.#server = createServer((socket) => {
      this.#filters.set(socket, []);
      const packets = parser();
      packets.on('packet', (packet) => this.#take(socket, packet));
      socket.on('data', (data) => packets.parse(data));
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#filters.delete(socket));
    });
  }

  static async start(): Promise<MqttBroker> {
    const broker = new MqttBroker();
    broker.#server.listen(0, '127.0.0.1');
    await once(broker.#server, 'listening');
    return broker;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Topics that somebody hears. */
  get filters(): string[] {
    return [...this.#filters.values()].flat();
  }

  async stop(): Promise<void> {
    for (const socket of this.#filters.keys()) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #take(socket: Socket, packet: Packet): void {
    const answer = (packet: Packet) => socket.write(generate(packet));
    if (packet.cmd === 'connect') answer({ cmd: 'connack', returnCode: 0, sessionPresent: false });
    if (packet.cmd === 'pingreq') answer({ cmd: 'pingresp' });
    if (packet.cmd === 'subscribe') {
      this.#filters.get(socket)?.push(...packet.subscriptions.map(({ topic }) => topic));
      const granted = packet.subscriptions.map(() => 0);
      answer({ cmd: 'suback', messageId: packet.messageId ?? 0, granted });
    }
    if (packet.cmd !== 'publish') return;
    if (packet.qos === 1) answer({ cmd: 'puback', messageId: packet.messageId ?? 0 });
    const { topic, payload } = packet;
    for (const [other, filters] of this.#filters) {
      if (!filters.some((filter) => fits(filter, topic))) continue;
      other.write(generate({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false }));
    }
  }
}

/** A filter that ends with `#` takes all topics that begin like it. */
function fits(filter: string, topic: string): boolean {
  return filter.endsWith('#') ? topic.startsWith(filter.slice(0, -1)) : filter === topic;
}
