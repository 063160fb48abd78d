import type { Alert } from '../alerts/alert.ts'

/** One series, or one for each combination of the labels that the expression keeps. */
export type Query = {
  /** PromQL, which may have the variables of its board and `$__rate_interval`. */
  expression: string
  /** Name of each series, with labels in double braces. */
  legend: string
}

/** Units of Grafana (https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts). */
export type Unit = 'short' | 's' | 'ms' | 'bytes' | 'Bps' | 'cps' | 'reqps' | 'percentunit' | 'yes or no'

export type Panel = {
  title: string
  /** `value`: how it is now; `lines` and `stack`: over time; `heatmap`: how a histogram moves; `table`: labels and values of now. */
  as: 'value' | 'lines' | 'stack' | 'heatmap' | 'table'
  /** What it shows and what is usual, for somebody who sees it for the first time. */
  description: string
  unit: Unit
  queries: readonly Query[]
  /** From which value on it is yellow and red; `isWorseBelow`: below which. Those of the alert, where there is one. */
  limits?: { warning?: number; page?: number; isWorseBelow?: boolean }
  /** Alerts about the same: their headings of the runbook are linked. */
  alerts?: readonly Alert['name'][]
  /** Columns of 24. */
  width: 4 | 6 | 8 | 12 | 24
}

/** Each part has its own, because links between boards keep what is chosen. */
type JobName = 'kafka_job' | 'postgres_job' | 'temporal_job'

/** A choice at the top of a board: values of a label, of which none, one or several are chosen. */
export type Variable = {
  name: 'namespace' | 'partition' | JobName
  title: string
  label: 'namespace' | 'partition' | 'job'
  /** The series whose label of that name has the values. */
  of: string
}

/** A dashboard of Grafana. */
export type Board = {
  /** Name of its file, and its address in Grafana. */
  name: `rollcall-${string}`
  title: string
  description: string
  variables: readonly Variable[]
  rows: readonly { title: string; panels: readonly Panel[] }[]
}

/** What chooses the Rollcall: it matches as well where there is no such label, as in Compose. */
export const NAMESPACE = 'namespace=~"$namespace"'
export const PARTITION = `${NAMESPACE},partition=~"$partition"`
export const inJob = (name: JobName) => `job=~"$${name}"`

export const namespaceVariable: Variable = {
  name: 'namespace',
  title: 'Namespace',
  label: 'namespace',
  of: 'rollcall_build_info',
}
export const partitionVariable: Variable = {
  name: 'partition',
  title: 'Partition',
  label: 'partition',
  of: `rollcall_partition_lag{${NAMESPACE}}`,
}
/** Other parts have namespaces of their own: they are chosen by the job that scrapes them. */
export const jobVariable = (name: JobName, of: string): Variable => ({
  ...{ name, title: 'Job of Prometheus', label: 'job', of },
})

/** How often a counter rises each second, by labels. */
export const perSecond = (metric: string, by: string, labels = NAMESPACE): string =>
  `sum by (${by}) (rate(${metric}{${labels}}[$__rate_interval]))`

/** The duration or size below which a share of what a histogram has seen is. */
export const quantile = (share: number, metric: string, by = '', labels = NAMESPACE): string =>
  `histogram_quantile(${share}, sum by (le${by === '' ? '' : `, ${by}`}) (rate(${metric}_bucket{${labels}}[$__rate_interval])))`

/** Half and nearly all of what a histogram has seen. */
export const quantiles = (metric: string, what: string): Query[] => [
  { expression: quantile(0.5, metric), legend: `${what}, half` },
  { expression: quantile(0.99, metric), legend: `${what}, 99 %` },
]

/** What a histogram saw, by its buckets. */
export const buckets = (metric: string): Query => ({
  expression: `sum by (le) (increase(${metric}_bucket{${NAMESPACE}}[$__rate_interval]))`,
  legend: '{{le}}',
})

/** A panel of lines, a third of the width. */
export const lines = (
  title: string,
  unit: Panel['unit'],
  description: string,
  queries: Panel['queries'],
): Panel => ({ title, unit, description, queries, as: 'lines', width: 8 })
