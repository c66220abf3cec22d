import { ToxAsyncError, type ErrorCode } from '../../../errors';

/** SQLSTATE, or Node's own code -> what to do. */
const ADVICE: Readonly<Record<string, string>> = {
  '28P01': 'The database refuses the password. Correct the user and the password in the database URL.',
  '28000': 'The database refuses this user. Correct the user in the database URL, or pg_hba.conf.',
  '3D000': 'The database does not exist. Create it, or correct its name in the database URL.',
  '42501':
    'The database user lacks a right. Make it the owner of the schema, or let it create one: GRANT CREATE ON DATABASE.',
  '53100': "The database's disk is full. Make room there.",
  '53300':
    'The database has no connection left. Raise max_connections, or run fewer nodes: each takes three connections.',
  '57P03': 'The database is starting or stopping. It is tried again.',
  '57P01': 'The database ended the connection. It is tried again.',
  '25006': 'The database takes no writes. It may be a standby, or set to read-only.',
  '55P03': 'Another process holds this mailbox for too long. It is tried again.',
  '40P01': 'Two processes waited for each other in the database. It is tried again.',
  '57014': 'The database took too long to answer. It is tried again.',
  '42P07':
    'The schema holds tables of something else. Choose another schema, or drop what is in this one by hand.',
  '42P01': 'Tables are missing in the database. Restart this node, which makes them.',
  '3F000': 'The schema is missing in the database. Restart this node, which makes it.',
  ECONNREFUSED: 'The database does not answer. Check the host, the port and that the server runs.',
  ENOTFOUND: "The database's host name is unknown. Correct it in the database URL.",
  EAI_AGAIN: "The database's host name cannot be looked up for now.",
  ETIMEDOUT: 'The database does not answer in time. Check the network and the firewall.',
  EHOSTUNREACH: 'The network does not lead to the database. Check the network and the firewall.',
  ECONNRESET: 'The database ended the connection. It is tried again.',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "The database's certificate is signed by nobody known here. Give its certificate.",
  SELF_SIGNED_CERT_IN_CHAIN: "The database's certificate is signed by nobody known here. Give the signer's.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "The database's certificate is signed by nobody known here. Give the signer's.",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "The database's certificate is for another host. Use the host name that it names in the database URL.",
  CERT_HAS_EXPIRED: "The database's certificate has expired. Renew it.",
};

const WITHOUT_CODE: readonly (readonly [RegExp, string])[] = [
  [
    /does not support SSL/,
    'The database offers no TLS. Turn it on there (ssl = on), or write ?sslmode=disable where the network is safe.',
  ],
  [/timeout/i, 'The database does not answer in time. Check the network and the firewall.'],
  [
    /password must be a string|no password/i,
    'The database asks for a password. Put it into the database URL.',
  ],
];
const ENDED = 'The connection to the database ended. It is tried again.';

/** Codes of which the user, not time, has to get rid. */
const LASTING = new Set(['28P01', '28000', '3D000', '42501', '42P07']);

/** What pg or the server threw, as one of ours. */
export function asDatabaseError(error: unknown): ToxAsyncError {
  if (error instanceof ToxAsyncError) return error;
  const code = codeOf(error);
  const text = error instanceof Error ? error.message : '';
  const advice =
    (code === undefined ? undefined : ADVICE[code]) ??
    WITHOUT_CODE.find(([pattern]) => pattern.test(text))?.[1] ??
    (code === undefined ? ENDED : `The database reports an error (${code}).`);
  const ours: ErrorCode = code === '53100' ? 'ErrLocalStorageFull' : 'ErrDatabase';
  return new ToxAsyncError(ours, advice, { cause: error });
}

/** Of several hosts' errors the one that tells the user most. */
export function mostTelling(errors: readonly unknown[]): unknown {
  return (
    errors.find((error) => error instanceof ToxAsyncError) ??
    errors.find((error) => LASTING.has(codeOf(error) ?? '')) ??
    errors[0]
  );
}

/** The server undid the transaction, of which nothing holds: a deadlock, or one that could not be put into an order. */
export function isUndone(error: unknown): boolean {
  const code = codeOf(error);
  return code === '40P01' || code === '40001';
}

/** Classes of SQLSTATE by which a server answers on one transaction, while others may succeed. */
const OF_ONE_TRANSACTION = /^(?:2[23]|40|54|55)...$|^57014$|^53[124]00$/;

/** Whether what `asDatabaseError` made concerns the one transaction; else the connection, and whatever comes after it. */
export function isOfOneTransaction(error: unknown): boolean {
  const code = error instanceof ToxAsyncError ? codeOf(error.cause) : undefined;
  return code !== undefined && OF_ONE_TRANSACTION.test(code);
}

function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
