/** `page` wakes somebody up: users notice, or soon will. `warning` waits for the next working day. */
export type Severity = 'page' | 'warning'

/**
 * An alerting rule of Prometheus (https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/). The heading of
 * docs/runbook.md with its name says what to do.
 */
export type Alert = {
  name: `Rollcall${string}`
  severity: Severity
  /** PromQL. Aggregates over APIs, and keeps `namespace`, which tells several Rollcalls of one Prometheus apart. */
  expression: string
  /** For how long it must hold, as Prometheus writes durations: longer than a deploy or a failover takes. */
  for: string
  /** One line, which names what it is about. Templates of Prometheus may stand in it. */
  summary: string
  /** What users notice, and what to look at first. */
  description: string
  /** Settings and surroundings that the thresholds are meant for. */
  assumes?: string
}

/** A recording rule: an expression that several alerts, or a range over time, need under a name. */
export type Recording = { record: string; expression: string }

/** Rules that Prometheus evaluates together, recordings first. */
export type RuleGroup = {
  name: string
  /** Heading of docs/alerts.md. */
  title: string
  recordings: readonly Recording[]
  alerts: readonly Alert[]
}

/** An alert of `sources` mutes those of `targets` with the same values of the labels `equal`. */
export type Inhibition = {
  sources: readonly string[]
  /** More that the labels of the source must have. */
  sourceLabels?: Readonly<Record<string, string>>
  targets: readonly string[]
  targetLabels?: Readonly<Record<string, string>>
  equal: readonly string[]
}

/** The anchor of an alert in docs/runbook.md. */
export const anchorOf = (name: string): string => name.toLowerCase()
