import { readCertificate, writeCertificate } from '../fleet/certificate-codec';
import type { Codec } from './body-codec';
import type { Fleet } from './session-message';

/** The body is the certificate. */
export const fleetCodec: Codec<Fleet> = {
  write: ({ certificate }, w) => writeCertificate(w, certificate),
  read: (r) => ({ kind: 'fleet', certificate: readCertificate(r) }),
};
