/** How long a session and its connection wait for their node to come back from a redeploy, milliseconds. */
export const LINGER = 10_000;
