import { readUtf8, toHex, utf8 } from '../../../bytes';
import { KEY_BYTES } from '../../../crypto/lengths';
import { ToxAsyncError } from '../../../errors';
import type { PublicKey } from '../../../types';
import type { ErrorOut, Pointer } from './binder';
import { addError, NO_ERROR } from './friend-errors';
import type { FriendState, MessageKind, ProfileState, UserStatus } from '../process-messages';
import type { ToxFunctions } from './tox-functions';

const ADDRESS_BYTES = 38;
/** Tox_User_Status and Tox_Message_Type, in the order of their numbers. */
const STATUSES: readonly UserStatus[] = ['available', 'away', 'busy'];
const MESSAGE_KINDS: readonly MessageKind[] = ['normal', 'action'];
/** Tox_Err_Friend_Custom_Packet and Tox_Err_Friend_Send_Message: try again in the next turn. */
const PACKET_QUEUE_FULL = 7;
const MESSAGE_QUEUE_FULL = 4;
const NO_FRIEND = 0xffff_ffff;

/** What became of something that was to be sent. */
export type Taken = 'taken' | 'full' | 'lost';

/** One running libtoxcore. The only holder of its pointer, which is gone after `kill`. */
export class ToxHandle {
  readonly #tox: ToxFunctions;
  readonly #error: ErrorOut = new Int32Array(1);
  #pointer: Pointer | undefined;

  constructor(functions: ToxFunctions, pointer: Pointer) {
    this.#tox = functions;
    this.#pointer = pointer;
    functions.eventsInit(pointer);
  }

  /** Runs `read` on the events of one turn, if there are any. */
  iterate(read: (functions: ToxFunctions, events: Pointer) => void): void {
    const events = this.#tox.eventsIterate(this.#live(), false, this.#error);
    if (events === null) return;
    try {
      read(this.#tox, events);
    } finally {
      this.#tox.eventsFree(events);
    }
  }

  /** Milliseconds until libtoxcore wants its next turn. */
  get interval(): number {
    return this.#tox.iterationInterval(this.#live());
  }

  get running(): boolean {
    return this.#pointer !== undefined;
  }

  /** Says goodbye to friends and frees the ports. */
  kill(): void {
    const pointer = this.#pointer;
    this.#pointer = undefined;
    if (pointer !== undefined) this.#tox.kill(pointer);
  }

  savedata(): Uint8Array {
    const tox = this.#live();
    const bytes = new Uint8Array(this.#tox.savedataSize(tox));
    this.#tox.getSavedata(tox, bytes);
    return bytes;
  }

  /** Asks a node for the way into the network. False when its address could not be used. */
  bootstrap(host: string, port: number, key: Uint8Array): boolean {
    return this.#tox.bootstrap(this.#live(), host, port, key, this.#error);
  }

  addRelay(host: string, port: number, key: Uint8Array): boolean {
    return this.#tox.addTcpRelay(this.#live(), host, port, key, this.#error);
  }

  sendPacket(friend: number, packet: Uint8Array): Taken {
    if (this.#tox.sendPacket(this.#live(), friend, packet, packet.length, this.#error)) return 'taken';
    return this.#error[0] === PACKET_QUEUE_FULL ? 'full' : 'lost';
  }

  /** The number that its receipt will name, or why there is none. */
  sendMessage(friend: number, type: MessageKind, text: string): number | Exclude<Taken, 'taken'> {
    const bytes = utf8(text);
    const kind = MESSAGE_KINDS.indexOf(type);
    const id = this.#tox.sendMessage(this.#live(), friend, kind, bytes, bytes.length, this.#error);
    if (this.#error[0] === NO_ERROR) return id;
    return this.#error[0] === MESSAGE_QUEUE_FULL ? 'full' : 'lost';
  }

  /** @throws ErrInvalidRecipient (oneself), ErrInvalidKey, ErrInvalidArgument, ErrTransport */
  addFriend(address: Uint8Array, message: string): void {
    const text = utf8(message);
    this.#tox.friendAdd(this.#live(), address, text, text.length, this.#error);
    const failure = addError(this.#error[0] ?? NO_ERROR);
    if (failure) throw failure;
  }

  /** @throws as `addFriend` */
  acceptFriend(publicKey: PublicKey): void {
    this.#tox.friendAccept(this.#live(), publicKey, this.#error);
    const failure = addError(this.#error[0] ?? NO_ERROR);
    if (failure) throw failure;
  }

  /** The number of a friend that is gone now; undefined when there was no such friend. */
  removeFriend(publicKey: PublicKey): number | undefined {
    const friend = this.#tox.friendByKey(this.#live(), publicKey, this.#error);
    if (friend === NO_FRIEND) return undefined;
    this.#tox.friendDelete(this.#live(), friend, this.#error);
    return friend;
  }

  setName(name: string): void {
    const bytes = utf8(name);
    if (!this.#tox.setName(this.#live(), bytes, bytes.length, this.#error)) throw tooLong('name', 128);
  }

  setStatusMessage(text: string): void {
    const bytes = utf8(text);
    if (!this.#tox.setStatusMessage(this.#live(), bytes, bytes.length, this.#error))
      throw tooLong('status message', 1007);
  }

  setStatus(status: UserStatus): void {
    this.#tox.setStatus(this.#live(), STATUSES.indexOf(status));
  }

  /** @param nospam 4 bytes */
  setNospam(nospam: Uint8Array): void {
    this.#tox.setNospam(this.#live(), Number.parseInt(toHex(nospam), 16));
  }

  profile(): ProfileState {
    const tox = this.#live();
    const address = new Uint8Array(ADDRESS_BYTES);
    this.#tox.address(tox, address);
    const numbers = new Uint32Array(this.#tox.friendCount(tox));
    this.#tox.friendList(tox, numbers);
    return {
      address,
      name: textOf(this.#tox.nameSize(tox), (bytes) => this.#tox.getName(tox, bytes)),
      statusMessage: textOf(this.#tox.statusMessageSize(tox), (bytes) =>
        this.#tox.getStatusMessage(tox, bytes),
      ),
      friends: [...numbers].map((friend) => this.#friend(tox, friend)),
    };
  }

  #friend(tox: Pointer, number: number): FriendState {
    const error = this.#error;
    const publicKey = new Uint8Array(KEY_BYTES);
    this.#tox.friendKey(tox, number, publicKey, error);
    const lastOnline = Number(this.#tox.friendLastOnline(tox, number, error));
    return {
      number,
      publicKey,
      name: textOf(this.#tox.friendNameSize(tox, number, error), (bytes) =>
        this.#tox.friendName(tox, number, bytes, error),
      ),
      statusMessage: textOf(this.#tox.friendStatusMessageSize(tox, number, error), (bytes) =>
        this.#tox.friendStatusMessage(tox, number, bytes, error),
      ),
      status: STATUSES[this.#tox.friendStatus(tox, number, error)] ?? 'available',
      lastOnline: Number.isSafeInteger(lastOnline) ? lastOnline : 0,
    };
  }

  #live(): Pointer {
    if (this.#pointer === undefined) throw new ToxAsyncError('ErrClosed', 'libtoxcore has been stopped.');
    return this.#pointer;
  }
}

function textOf(size: number, fill: (bytes: Uint8Array) => unknown): string {
  const bytes = new Uint8Array(size);
  fill(bytes);
  return readUtf8(bytes) ?? '';
}

function tooLong(what: string, limit: number): ToxAsyncError {
  return new ToxAsyncError(
    'ErrInvalidArgument',
    `A Tox ${what} can have at most ${limit} bytes of UTF-8. Shorten it.`,
  );
}
