import { compareBytes, concat } from '../bytes';
import type { CryptoProvider } from '../crypto/provider';
import { parseToxId } from '../identity/tox-id';
import type { PublicKey } from '../types';
import type { Cell, CellInvitation } from './cell-uri';
import { joinText } from './join-token';

/**
 * The cell of a device: that of the collector with the highest SHA-256(device key || collector key). So devices spread
 * evenly, each finds its cell by itself and finds the same one again, and a cell that is added or goes moves no device
 * between two others (rendezvous hashing).
 */
export function chooseCell(
  crypto: CryptoProvider,
  device: PublicKey,
  cells: readonly Cell[],
): Cell | undefined {
  const scored = cells.map((cell) => ({
    cell,
    score: crypto.sha256(concat(device, parseToxId(cell.collector).publicKey)),
  }));
  return scored.sort((a, b) => compareBytes(b.score, a.score))[0]?.cell;
}

/** Somebody a device asks to be its friend. */
export interface JoinRequest {
  readonly toxId: string;
  /** The device's name for them. */
  readonly name: string;
  /** What the friend request says. */
  readonly text: string;
}

/** Whom a device asks that joins: the collector of its cell, then the storage nodes of it. */
export function joinRequests(
  crypto: CryptoProvider,
  device: PublicKey,
  { token, cells }: CellInvitation,
): JoinRequest[] {
  const cell = chooseCell(crypto, device, cells);
  if (cell === undefined) return [];
  const text = joinText(crypto, token, device);
  return [
    { toxId: cell.collector, name: 'collector', text },
    ...cell.nodes.map((toxId, index) => ({ toxId, name: `node-${index + 1}`, text })),
  ];
}
