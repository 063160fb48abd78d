import { expect, onTestFinished, test } from 'vitest'
import { apiMetrics } from '../../metrics/api-metrics.ts'
import { exporterMetrics } from '../../metrics/exporter-metrics.ts'
import { pipelineMetrics } from '../../metrics/pipeline-metrics.ts'
import { processMetrics } from '../../metrics/process-metrics.ts'
import { workerMetrics } from '../../metrics/worker-metrics.ts'
import { whyNoDebianPackages } from '../../stack/parts/debian-packages.ts'
import { eventually } from '../support/eventually.ts'
import { startMeasuredWorld } from '../support/metrics/measured-world.ts'
import { metricsIn, seriesIn, sumOf } from '../support/metrics/scrape.ts'

const whyNot = whyNoDebianPackages()
const missing = (names: readonly string[], served: ReadonlySet<string>) =>
  names.filter((name) => !served.has(name))
/** Temporal's server serves it once a request has failed. */
const AFTER_FAILURES = 'service_errors'
/** A histogram is known by its buckets. */
const known = (served: string) => new Set([...metricsIn(served)].map((name) => name.replace(/_bucket$/, '')))

test.skipIf(whyNot !== null)(
  `every target of Prometheus serves what docs/metrics.md names${whyNot === null ? '' : ` (${whyNot})`}`,
  async () => {
    const world = await startMeasuredWorld()
    onTestFinished(world.close)
    await eventually(async () => {
      const found = await world.scrapeAll()
      expect(sumOf(found.worker, 'rollcall_attempts_total')).toBeGreaterThan(0)
      expect(missing(Object.keys({ ...processMetrics, ...workerMetrics }), known(found.worker))).toEqual([])
      const ofApi = Object.keys({ ...processMetrics, ...apiMetrics, ...pipelineMetrics })
      expect(missing(ofApi, known(found.api))).toEqual([])
      for (const target of ['kafka', 'postgres', 'temporal', 'temporalSdk'] as const)
        expect(
          missing(exporterMetrics[target].series, new Set([...seriesIn(found[target]), AFTER_FAILURES])),
          target,
        ).toEqual([])
      const ofBroker = [...seriesIn(found.kafka)].filter((name) => name.startsWith('kafka_'))
      expect(missing(ofBroker, new Set(exporterMetrics.kafka.series))).toEqual([])
    })
  },
)
