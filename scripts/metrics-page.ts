import { collectDefaultMetrics, Registry } from 'prom-client'
import { apiMetrics } from '../metrics/api-metrics.ts'
import { exporterMetrics } from '../metrics/exporter-metrics.ts'
import type { Metric } from '../metrics/metric.ts'
import { pipelineMetrics } from '../metrics/pipeline-metrics.ts'
import { processMetrics } from '../metrics/process-metrics.ts'
import { workerMetrics } from '../metrics/worker-metrics.ts'
import { generatedPage, markdownTable } from './generated-page.ts'

const intro = `# Metrics

<!-- Made by \`npm run metrics\` from metrics/; change it there. -->

Each process serves its metrics for Prometheus as \`/metrics\` on a port of its own: set \`API_METRICS_PORT\` and
\`WORKER_METRICS_PORT\` ([configuration](configuration.md#metrics)). They need no sign-in and name no persons; keep the ports on loopback, or in a
network that only Prometheus reaches. A worker has a second target, \`TEMPORAL_METRICS_PORT\`, with the metrics of Temporal's library
(https://docs.temporal.io/references/sdk-metrics).

Counters begin at 0 with each start of a process. Labels are bounded: partitions, closed lists and names of the schema.
`

const pipeline = `Every API finds out at each scrape how ingestion stands, two seconds old at most, so that several APIs give the same: aggregate with \`max\`.
What is not known, because a dependency is away, is absent.
`

const others = `\`npm start -- --metrics\` serves the metrics of API, worker, Kafka and Temporal on ports of loopback, and says where. A test scrapes them and
the exporter of Postgres, and holds that these series are there (\`npm run test:slow -- test/slow/exporters.test.ts\`).
`

const ofOthers = () =>
  Object.values(exporterMetrics).map(({ source, series }) => [
    source,
    series.map((name) => `\`${name}\``).join(', '),
  ])

/** Makes the text of docs/metrics.md: every metric that the processes serve. */
export async function metricsPage(file: string): Promise<string> {
  return await generatedPage(file, [
    intro,
    '## Ingestion, from an API\n',
    pipeline,
    table(pipelineMetrics),
    '## Requests, from an API\n',
    table(apiMetrics),
    '## Work, from a worker\n',
    table(workerMetrics),
    '## Every process\n',
    table(processMetrics),
    'Besides these, prom-client collects:\n',
    markdownTable(['Metric', 'Type', 'Meaning'], ofNode()),
    '## Other parts\n',
    others,
    markdownTable(['From', 'Series'], ofOthers()),
  ])
}

const table = (metrics: Record<string, Metric>) =>
  markdownTable(
    ['Metric', 'Type', 'Meaning', 'Labels'],
    Object.entries(metrics).map(([name, { type, help, labels = {} }]) => [
      `\`${name}\``,
      type,
      help,
      Object.entries(labels)
        .map(([label, meaning]) => `\`${label}\`: ${meaning}`)
        .join('; '),
    ]),
  )

function ofNode(): string[][] {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry.getMetricsAsArray().map(({ name, type, help }) => [`\`${name}\``, String(type), help])
}
