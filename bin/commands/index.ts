import type { Command } from '../call';
import { backup } from './backup';
import { cancel } from './cancel';
import { cell } from './cell';
import { completion } from './completion';
import { doctor } from './doctor';
import { fleet } from './fleet';
import { friends } from './friends';
import { id } from './id';
import { init } from './init';
import { receive } from './receive';
import { restore } from './restore';
import { send } from './send';
import { serve } from './serve';
import { status } from './status';

/** All commands, in the order of the help page. */
export const COMMANDS: readonly Command[] = [
  init,
  id,
  friends,
  send,
  cancel,
  receive,
  serve,
  cell,
  fleet,
  status,
  doctor,
  backup,
  restore,
  completion(() => COMMANDS),
];
