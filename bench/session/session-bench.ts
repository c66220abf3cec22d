import { reportsOf } from '../support/own-process';
import type { Report } from '../support/report';

/** Memory, start and disk of one session, in processes of their own on two versions of Node.js. */
export const run = (): Promise<Report[]> => reportsOf('bench/session/run.ts');
