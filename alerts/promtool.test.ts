import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { fetchMonitoring } from '../stack/parts/monitoring-programs.ts'
import { whyNoDebianPackages } from '../stack/parts/debian-packages.ts'
import { ingestionCases } from './cases/ingestion-cases.ts'
import { numberCases } from './cases/number-cases.ts'
import { partCases } from './cases/part-cases.ts'
import { producerCases } from './cases/producer-cases.ts'
import { servingCases } from './cases/serving-cases.ts'
import type { AlertCase } from './cases/alert-case.ts'
import type { Alert } from './alert.ts'
import { alerts, ruleGroups } from './rule-groups.ts'

const run = promisify(execFile)
const committed = (name: string) => fileURLToPath(new URL(`../deploy/monitoring/${name}`, import.meta.url))
/** It names the rules, which are checked with it. */
const configuration = committed('prometheus.yml')
const alertmanager = committed('alertmanager.yml')
const cases = { ...ingestionCases, ...numberCases, ...partCases, ...producerCases, ...servingCases }
/** To fetch promtool, the first time. */
const TIMEOUT_MS = 180_000
const isElsewhere = process.platform !== 'linux' && whyNoDebianPackages() !== null

test('every alert has a case in which it fires, and one in which it does not', () => {
  for (const { name } of alerts) {
    const fires = (cases[name] ?? []).map((one) => one.fires !== null)
    expect(new Set(fires), name).toEqual(new Set([true, false]))
  }
  expect(Object.keys(cases).filter((name) => !alerts.some((alert) => alert.name === name))).toEqual([])
})

test.skipIf(isElsewhere)(
  'every alert fires in the cases in which it should, and in no other, as promtool of Debian finds',
  { timeout: TIMEOUT_MS },
  async () => {
    const { promtool, amtool } = await fetchMonitoring()
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-promtool-'))
    try {
      const files = alerts.flatMap((alert) => writeTests(folder, alert))
      expect(await failuresOf(promtool, ['check', 'config', configuration])).toBe('')
      expect(await failuresOf(amtool, ['check-config', alertmanager])).toBe('')
      expect(await failuresOf(promtool, ['test', 'rules', ...files])).toBe('')
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)

/** What a program says when it fails; empty: it succeeds. */
async function failuresOf(program: string, args: string[]): Promise<string> {
  try {
    await run(program, args)
    return ''
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    return stderr + stdout
  }
}

/** From this length on a case is evaluated less often: a week of minutes takes promtool minutes. */
const LONG_MINUTES = 1_000

/** Writes the cases of an alert in the form of promtool, which JSON is one of, each with the rules that it needs. Returns the files. */
function writeTests(folder: string, alert: Alert): string[] {
  const group = ruleGroups.find((one) => one.alerts.includes(alert)) ?? expect.fail(alert.name)
  const ruleFile = join(folder, `${alert.name}.rules.json`)
  const recordings = group.recordings.map(({ record, expression }) => ({ record, expr: expression }))
  const { name, severity, expression, for: holds } = alert
  const rule = { alert: name, expr: expression, for: holds, labels: { severity } }
  writeFileSync(ruleFile, JSON.stringify({ groups: [{ name: group.name, rules: [...recordings, rule] }] }))
  return (cases[name] ?? []).map((one, i) => {
    const file = join(folder, `${name}-${i}.json`)
    const evaluation_interval = Number.parseInt(one.at) > LONG_MINUTES ? '5m' : '1m'
    writeFileSync(
      file,
      JSON.stringify({ rule_files: [ruleFile], evaluation_interval, tests: [testOf(alert, one)] }),
    )
    return file
  })
}

const testOf = ({ name, severity }: Alert, one: AlertCase) => ({
  name: `${name}, when ${one.when}`,
  interval: '1m',
  input_series: Object.entries(one.series).map(([series, values]) => ({ series, values })),
  promql_expr_test: [
    {
      expr: `ALERTS{alertname="${name}",alertstate="firing"}`,
      eval_time: one.at,
      exp_samples: samples(name, severity, one),
    },
  ],
})

function samples(name: string, severity: string, { fires }: AlertCase) {
  if (fires === null) return []
  const labels = Object.entries({ alertname: name, alertstate: 'firing', severity, ...fires })
  return [{ labels: `ALERTS{${labels.map(([label, value]) => `${label}="${value}"`).join(',')}}`, value: 1 }]
}
