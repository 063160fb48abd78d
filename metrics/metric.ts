import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/**
 * What a metric is, in the terms of Prometheus. Names end in their unit, and in `_total` where they only rise
 * (https://prometheus.io/docs/practices/naming/).
 */
export type Metric = {
  type: 'counter' | 'gauge' | 'histogram'
  help: string
  /** What each label tells apart. Its values are bounded: partitions, closed lists, settings. */
  labels?: Readonly<Record<string, string>>
  /** Upper bounds of a histogram, in the unit of the name. */
  buckets?: readonly number[]
}

type Made<M extends Metric> = M['type'] extends 'counter'
  ? Counter<LabelsOf<M>>
  : M['type'] extends 'gauge'
    ? Gauge<LabelsOf<M>>
    : Histogram<LabelsOf<M>>

/** Makes a gauge absent until it is set again. */
export function forget(gauge: Gauge): void {
  gauge.reset()
  // Without labels, prom-client resets it to 0, which would say something.
  gauge.remove({})
}

type LabelsOf<M extends Metric> = M extends { labels: infer Labels } ? Extract<keyof Labels, string> : never

export type MadeMetrics<Metrics extends Record<string, Metric>> = {
  [Name in keyof Metrics]: Made<Metrics[Name]>
}

/** Makes metrics, and registers them by their names. */
export function makeMetrics<const Metrics extends Record<string, Metric>>(
  registry: Registry,
  metrics: Metrics,
): MadeMetrics<Metrics> {
  const made = Object.entries(metrics).map(([name, { type, help, labels = {}, buckets }]) => {
    const common = { name, help, labelNames: Object.keys(labels), registers: [registry] }
    if (type === 'counter') return [name, new Counter(common)]
    if (type === 'gauge') return [name, new Gauge(common)]
    return [name, new Histogram({ ...common, ...(buckets === undefined ? {} : { buckets: [...buckets] }) })]
  })
  return Object.fromEntries(made) as MadeMetrics<Metrics>
}
