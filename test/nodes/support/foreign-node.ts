import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';

interface Incoming {
  readonly topic?: string;
  readonly session?: string;
  readonly friend?: string;
  readonly payload?: unknown;
  readonly messageId?: string;
}

interface Place {
  readonly node: Node;
  /** Public key, 64 digits; unknown until the test says it. */
  self: string | undefined;
  /** Whether its bridge has asked. */
  asked: boolean;
}

/**
 * A Tox transport that is none of ours: the node type `foreign`, as docs/WIRING.md wants it. All of them are friends of
 * each other. A node answers once the test has said who it is.
 */
export class ForeignNetwork {
  readonly #places = new Map<string, Place>();
  readonly #identities = new Map<string, string>();

  readonly module = (RED: NodeAPI): void => {
    const enter = this.#enter.bind(this);
    RED.nodes.registerType('foreign', function (this: Node, config: NodeDef) {
      RED.nodes.createNode(this, config);
      enter(this);
    });
  };

  /** From now on the node of this id runs as `self`. */
  identify(id: string, self: string): void {
    this.#identities.set(id, self);
    const place = this.#places.get(id);
    if (place) place.self = self;
  }

  #enter(node: Node): void {
    const place: Place = { node, self: this.#identities.get(node.id), asked: false };
    this.#places.set(node.id, place);
    node.on('input', (msg, send, done) => {
      const { self } = place;
      if (self !== undefined) this.#take(place, self, msg as Incoming, send);
      done();
    });
    node.on('close', () => {
      if (this.#places.get(node.id) === place) this.#places.delete(node.id);
      this.#tell(place, false);
    });
  }

  #take(place: Place, self: string, msg: Incoming, send: (msg: NodeMessage) => void): void {
    const to = this.#others(place).find((other) => other.self === msg.friend);
    switch (msg.topic) {
      case 'tox/sync': {
        place.asked = true;
        const friends = this.#others(place).map((other) => ({ friend: other.self, online: other.asked }));
        const can = ['tox/message', 'tox/busy', 'tox/request', 'tox/add-friend'];
        send(asMessage({ topic: 'tox/state', session: msg.session, self, online: true, friends, can }));
        this.#tell(place, false);
        this.#tell(place, true);
        return;
      }
      case 'tox/packet':
        to?.node.send(asMessage({ topic: 'tox/packet', friend: self, payload: msg.payload }));
        return;
      case 'tox/message':
        to?.node.send(asMessage({ topic: 'tox/message', friend: self, payload: msg.payload }));
        send(asMessage({ topic: 'tox/receipt', messageId: msg.messageId, payload: to !== undefined }));
        return;
      case undefined:
      default:
    }
  }

  #tell({ self }: Place, online: boolean): void {
    for (const other of this.#places.values()) {
      if (other.self !== self && other.asked)
        other.node.send(asMessage({ topic: 'tox/status', friend: self, payload: online }));
    }
  }

  #others(place: Place): Place[] {
    return [...this.#places.values()].filter(
      (other) => other.self !== undefined && other.self !== place.self,
    );
  }
}

/** A flow's message may have any properties, which its type does not say. */
const asMessage = (fields: Record<string, unknown>): NodeMessage => fields;
