#!/usr/bin/env node
import { runCommandLine } from './run';
import { systemMachine } from './system-machine';

void runCommandLine(process.argv.slice(2), systemMachine()).then((exitCode) => {
  process.exitCode = exitCode;
});
