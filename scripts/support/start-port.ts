import { parseArgs } from 'node:util';

/**
 * The port that `npm start` was told to listen on, 1880 by default.
 * @param args as they follow the script's name
 * @throws TypeError for another option, Error for what is no port
 */
export function startPort(args: string[]): number {
  const { values } = parseArgs({ args, options: { port: { type: 'string', default: '1880' } } });
  const number = Number(values.port);
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return number;
  throw new Error(`--port must be a number from 1 to 65535, not ${JSON.stringify(values.port)}.`);
}
