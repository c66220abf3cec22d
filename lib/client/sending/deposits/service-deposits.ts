import type { IssuedKeys } from '../../../forward-security/issued/issued-keys';
import type { ServiceEntry, ServiceMail } from '../../journal/service-mail';
import type { Wakeup } from '../../wakeup';
import { Deposits, type DepositsComponents, type DepositsInit } from './deposits';

export interface ServiceDepositsComponents extends Omit<DepositsComponents<ServiceEntry>, 'journal'> {
  readonly mail: ServiceMail;
  readonly wakeup: Pick<Wakeup, 'mail' | 'places'>;
  readonly forwardSecurity: { readonly issued: Pick<IssuedKeys, 'markSent'> };
}

/** Copies of receipts and keys by mail: each deposit of keys is a sending of their batch, durable before it leaves. */
export function serviceDeposits(
  components: ServiceDepositsComponents,
  init: Pick<DepositsInit<ServiceEntry>, 'wanted' | 'maxStorageTime'>,
): Deposits<ServiceEntry> {
  const { mail, forwardSecurity, queues, store, wakeup } = components;
  const markSent = async ({ friend, content }: ServiceEntry) => {
    if (content.kind !== 'keys') return;
    const writes = store.batch();
    forwardSecurity.issued.markSent(writes, friend, content.batch);
    await writes.commit();
  };
  return new Deposits(
    { ...components, journal: mail },
    {
      ...init,
      onAnswer: (entry) => wakeup.mail(entry),
      onPlace: () => wakeup.places(),
      beforeDeposit: (entry) => queues.run(entry.friend, () => markSent(entry)),
    },
  );
}
