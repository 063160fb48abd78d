import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadProcessConfig } from '../config/environment.ts'
import { whyNoDebianPackages } from '../stack/parts/debian-packages.ts'
import {
  createAlertmanagerPart,
  createNodeExporterPart,
  createPrometheusPart,
} from '../stack/parts/monitoring.ts'
import { fetchMonitoring } from '../stack/parts/monitoring-programs.ts'
import { endWithParent } from '../stack/processes/end-with-parent.ts'
import { guardFolder } from '../stack/processes/guard-folder.ts'
import { freePort, HOST } from '../stack/processes/ports.ts'
import { endLeftovers, lockFolder } from '../stack/processes/process-book.ts'
import { exporterMetrics } from '../metrics/exporter-metrics.ts'
import { usualPartPorts } from '../stack/stack.ts'
import { usualMetricsPorts } from './metrics-ports.ts'
import { runScript } from './run-script.ts'

// `npm run monitoring`: Prometheus and Alertmanager beside `npm start -- --metrics`, with the rules of deploy/monitoring/.

const rollcall = fileURLToPath(new URL('../.rollcall', import.meta.url))
const monitoring = fileURLToPath(new URL('../deploy/monitoring', import.meta.url))
const dataFolder = join(rollcall, 'monitoring')
/** The ports of docker-compose.observability.yml. */
const usual = { prometheus: 9090, alertmanager: 9093, nodeExporter: 9100 }

/** Of the thousands of series that Temporal's server has. */
const ofTemporal = {
  source_labels: ['__name__'],
  regex: `(${exporterMetrics.temporal.series.join('|')}|.*_(sum|count))`,
  action: 'keep',
}

await runScript(async () => {
  const whyNot = whyNoDebianPackages()
  if (whyNot !== null)
    throw new Error(
      `npm run monitoring ${whyNot}; elsewhere use docker-compose.observability.yml, as docs/monitoring.md says`,
    )
  mkdirSync(dataFolder, { recursive: true })
  const unlock = lockFolder(dataFolder)
  endLeftovers(dataFolder)
  guardFolder(dataFolder)
  endWithParent()
  console.log('Prometheus and Alertmanager of Debian; the first time they are downloaded (40 MB)')
  const programs = await fetchMonitoring()
  const port = {
    prometheus: await freePort(usual.prometheus),
    alertmanager: await freePort(usual.alertmanager),
    nodeExporter: await freePort(usual.nodeExporter),
  }
  const configuration = join(dataFolder, 'prometheus.json')
  writeFileSync(configuration, JSON.stringify(prometheusConfiguration(port)))
  const place = { programs, dataFolder, logFolder: join(rollcall, 'log') }
  const parts = [
    createNodeExporterPart({ ...place, port: port.nodeExporter }),
    createAlertmanagerPart({ ...place, port: port.alertmanager }, join(monitoring, 'alertmanager.yml')),
    createPrometheusPart({ ...place, port: port.prometheus }, configuration),
  ]
  const stop = async () => {
    await Promise.all(parts.map((part) => part.stop()))
    endLeftovers(dataFolder)
    unlock()
  }
  let stopping: Promise<void> | undefined
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stopping ??= stop().finally(() => process.exit())
    })
  }
  try {
    for (const part of parts) await part.start()
  } catch (error) {
    await stop()
    throw error
  }
  console.log(`
  Prometheus    http://${HOST}:${port.prometheus}/graph?g0.expr=sum(rate(rollcall_attempts_total%5B1m%5D))&g0.tab=0&g0.range_input=5m
  targets       http://${HOST}:${port.prometheus}/classic/targets
  alerts        http://${HOST}:${port.prometheus}/classic/alerts
  Alertmanager  http://${HOST}:${port.alertmanager}/api/v2/alerts

  Ctrl-C stops it; npm run monitoring continues with the data that it has.
`)
  // The parts run in process groups of their own, so this process stays alive to receive Ctrl-C.
  setInterval(() => undefined, 60_000)
})

/** What docker-compose.observability.yml has in prometheus.yml, on loopback. */
function prometheusConfiguration(port: Record<keyof typeof usual, number>) {
  const { api, worker, temporal } = loadProcessConfig().metrics
  const targets = {
    'rollcall-api': api ?? usualMetricsPorts.API_METRICS_PORT,
    'rollcall-worker': worker ?? usualMetricsPorts.WORKER_METRICS_PORT,
    'rollcall-temporal-sdk': temporal ?? usualMetricsPorts.TEMPORAL_METRICS_PORT,
    'rollcall-kafka': usualPartPorts.kafkaMetrics,
    'rollcall-temporal': usualPartPorts.temporalMetrics,
    'rollcall-node': port.nodeExporter,
  }
  return {
    global: { scrape_interval: '5s', evaluation_interval: '5s' },
    rule_files: [join(monitoring, 'rollcall-alerts.yml')],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`${HOST}:${port.alertmanager}`] }] }] },
    scrape_configs: Object.entries(targets).map(([job_name, target]) => ({
      job_name,
      static_configs: [{ targets: [`${HOST}:${target}`] }],
      ...(job_name === 'rollcall-temporal' ? { metric_relabel_configs: [ofTemporal] } : {}),
    })),
  }
}
