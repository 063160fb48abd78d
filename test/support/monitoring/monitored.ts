import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createAlertmanagerPart, createPrometheusPart } from '../../../stack/parts/monitoring.ts'
import { fetchMonitoring } from '../../../stack/parts/monitoring-programs.ts'
import { freePort, HOST } from '../../../stack/processes/ports.ts'
import { logsIn, ownFolder } from '../parts/own-folder.ts'
import { startAlertSink, type AlertSink } from './alert-sink.ts'

const committed = (name: string): string =>
  readFileSync(new URL(`../../../deploy/monitoring/${name}`, import.meta.url), 'utf8')

/** A minute of the rules' patience lasts this long here, so that their order stays. */
const MINUTE_MS = 4_000
const MS = { s: MINUTE_MS / 60, m: MINUTE_MS, h: 60 * MINUTE_MS }

/** The committed rules, which wait for less. */
const hastyRules = (): string =>
  committed('rollcall-alerts.yml').replaceAll(
    /^( +for: )(\d+)([smh])$/gm,
    (_, key: string, count: string, unit: 's' | 'm' | 'h') =>
      `${key}${Math.ceil(Number(count) * MS[unit])}ms`,
  )

/** The committed Alertmanager, which waits for less and delivers to a webhook. */
const hastyAlertmanager = (webhook: string): string =>
  committed('alertmanager.yml')
    .replaceAll(/^( +group_wait: ).+$/gm, '$11s')
    .replaceAll(/^( +group_interval: ).+$/gm, '$11s')
    .replaceAll(/^( +)- name: (pages|warnings)$/gm, `$&\n$1  webhook_configs: [{ url: '${webhook}' }]`)

export type Monitored = AlertSink & {
  /** Asks Prometheus for the samples of an expression. */
  query: (expression: string) => Promise<{ metric: Record<string, string>; value: [number, string] }[]>
  /** Address of Prometheus. */
  prometheus: string
}

/**
 * Prometheus and Alertmanager of Debian, for the time of the test: they have the rules and the inhibitions of deploy/monitoring/, and deliver to a
 * webhook.
 * @param targets addresses of each job
 */
export async function monitor(targets: Record<string, readonly string[]>): Promise<Monitored> {
  const programs = await fetchMonitoring()
  const folder = ownFolder()
  const [port, alertPort] = [await freePort(0), await freePort(0)]
  const sink = await startAlertSink()
  onTestFinished(sink.close)
  const write = (name: string, text: string): string => {
    const file = join(folder, name)
    writeFileSync(file, text)
    return file
  }
  const configuration = {
    global: {
      // On a busy machine a scrape takes seconds, and a failed one looks like an API that is gone.
      scrape_interval: '5s',
      scrape_timeout: '5s',
      evaluation_interval: '1s',
      external_labels: { rollcall_runbook: 'https://docs.example/runbook' },
    },
    rule_files: [write('rules.yml', hastyRules())],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`${HOST}:${alertPort}`] }] }] },
    scrape_configs: Object.entries(targets).map(([job_name, addresses]) => ({
      job_name,
      static_configs: [{ targets: addresses }],
    })),
  }
  const place = { programs, dataFolder: folder, logFolder: logsIn(folder) }
  const parts = [
    createAlertmanagerPart(
      { ...place, port: alertPort },
      write('alertmanager.yml', hastyAlertmanager(sink.url)),
    ),
    createPrometheusPart({ ...place, port }, write('prometheus.json', JSON.stringify(configuration)), 1_000),
  ]
  for (const part of parts) {
    onTestFinished(part.kill)
    await part.start()
  }
  const prometheus = `http://${HOST}:${port}`
  return {
    ...sink,
    prometheus,
    query: async (expression) => {
      const response = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`)
      const { data } = (await response.json()) as {
        data: { result: { metric: Record<string, string>; value: [number, string] }[] }
      }
      return data.result
    },
  }
}
