import { METRICS, type Labels, type Measured, type MeteredSession, type Metric } from './metric-table';

/** Content type of the text. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** All these sessions in Prometheus' text format. */
export function metricsText(sessions: readonly MeteredSession[]): string {
  const all = sessions.map((session) => ({
    ...session,
    snapshot: session.manager?.snapshot({ outboxRows: 0, inboxRows: 0 }),
  }));
  return METRICS.map((metric) => metricText(metric, all)).join('');
}

function metricText({ name, type, help, samples }: Metric, all: readonly Measured[]): string {
  const lines = all.flatMap((measured) =>
    samples(measured).map(
      ([labels, value]) => `${name}{${labelText({ session: measured.name, ...labels })}} ${value}\n`,
    ),
  );
  return [`# HELP ${name} ${help}\n`, `# TYPE ${name} ${type}\n`, ...lines].join('');
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}="${value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`)
    .join();
}
