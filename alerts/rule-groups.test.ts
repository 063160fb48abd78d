import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { errorCodes } from '../api/context/error-codes.ts'
import { apiMetrics } from '../metrics/api-metrics.ts'
import { pipelineMetrics } from '../metrics/pipeline-metrics.ts'
import { processMetrics } from '../metrics/process-metrics.ts'
import { workerMetrics } from '../metrics/worker-metrics.ts'
import { metricsOf } from '../test/support/monitoring/metrics-of.ts'
import { anchorOf } from './alert.ts'
import { exporterMetrics } from './exporter-metrics.ts'
import { inhibitions } from './inhibitions.ts'
import { alerts, ruleGroups } from './rule-groups.ts'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const runbook = read('docs/runbook.md')
const sections = new Map(
  runbook
    .slice(runbook.indexOf('\n## Alerts\n'))
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
)
const own = { ...apiMetrics, ...pipelineMetrics, ...processMetrics, ...workerMetrics }
const recordings = ruleGroups.flatMap((group) => group.recordings)
const known = new Set([
  ...Object.keys(own),
  ...Object.entries(own).flatMap(([name, { type }]) => (type === 'histogram' ? [`${name}_bucket`] : [])),
  ...Object.values(exporterMetrics).flat(),
  ...recordings.map(({ record }) => record),
])

test('an alert has a name of its own, and both severities are used', () => {
  expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length)
  expect(new Set(alerts.map(({ severity }) => severity))).toEqual(new Set(['page', 'warning']))
})

test('every metric that a rule or the runbook reads is one of ours, or of an exporter that is named', () => {
  const expressions = [...recordings, ...alerts].map(({ expression }) => expression)
  for (const expression of expressions) expect(metricsOf(expression), expression).not.toEqual([])
  const named = [
    ...expressions.flatMap(metricsOf),
    ...(runbook.match(/\b[a-z_:]*rollcall_[a-z0-9_:]+/g) ?? []),
  ]
  const unknown = named.filter((name) => !known.has(name))
  expect([...new Set(unknown)]).toEqual([])
})

test('every code that a rule counts is one that the API answers', () => {
  const codes = alerts.flatMap(({ expression }) => /code=~"([^"]+)"/.exec(expression)?.[1]?.split('|') ?? [])
  expect(codes).not.toEqual([])
  expect(codes.filter((code) => !(code in errorCodes))).toEqual([])
})

test('the runbook says of every alert what it means, what users notice, where to look and what to do', () => {
  expect([...sections.keys()]).toEqual(expect.arrayContaining(alerts.map(({ name }) => name)))
  expect([...sections.keys()].filter((name) => !alerts.some((alert) => alert.name === name))).toEqual([])
  for (const [name, section] of sections) {
    const parts = [...section.matchAll(/^- \*\*([\w ]+):\*\*/gm)].map(([, part]) => part)
    expect(parts, name).toEqual(['Means', 'Users notice', 'Look at', 'Do'])
  }
  expect(anchorOf('RollcallNoWorker')).toBe('rollcallnoworker')
})

test('every question that the runbook has for an alert fits the schema', () => {
  const schema = buildSchema(read('schema.graphql'))
  const questions = [...sections.values()].flatMap((section) =>
    [...section.matchAll(/`(\{ [^`]+ \})`/g)].map(([, question]) => question ?? ''),
  )
  expect(questions.length).toBeGreaterThan(5)
  for (const question of questions)
    expect(
      validate(schema, parse(question)).map(({ message }) => message),
      question,
    ).toEqual([])
})

test('what is muted, and what mutes it, are alerts, and warnings mute nothing', () => {
  const names = new Set<string>(alerts.map(({ name }) => name))
  const pages = new Set<string>(alerts.filter(({ severity }) => severity === 'page').map(({ name }) => name))
  for (const { sources, targets } of inhibitions) {
    expect([...sources, ...targets].filter((name) => !names.has(name))).toEqual([])
    expect(
      sources.filter((name) => !pages.has(name)),
      'a warning never mutes',
    ).toEqual([])
  }
})
