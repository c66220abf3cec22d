import { folderBytes, metricsText, systemPlatform, type MeteredSession } from '../../lib/index';
import type { Session } from '../session/session';

/** All sessions in Prometheus' text format. The label `session` is the id of a config node. */
export async function sessionMetrics(sessions: Iterable<readonly [string, Session]>): Promise<string> {
  return metricsText(await Promise.all([...sessions].map(([id, session]) => metered(id, session))));
}

async function metered(id: string, session: Session): Promise<MeteredSession> {
  return {
    name: id,
    isOpen: session.open !== undefined && session.trouble === undefined,
    tally: session.tally,
    manager: session.open,
    folderBytes: await folderBytes(systemPlatform.disk, session.settings.dataDir),
  };
}
