/** What promtool feeds to the rules, and whether an alert fires at a time (https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/). */
export type AlertCase = {
  /** What is so, in words. */
  when: string
  /** Samples of each series, a minute apart, in the notation of promtool. */
  series: Readonly<Record<string, string>>
  /** When it is looked, from the first sample on. */
  at: string
  /** The labels of what fires then, without those of every alert; null: nothing does. */
  fires: Readonly<Record<string, string>> | null
}

/** The cases of each alert: some in which it fires, and some in which it does not. */
export type AlertCases = Readonly<Record<string, readonly AlertCase[]>>
