import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { alerts } from '../alerts/rule-groups.ts'
import { apiMetrics } from '../metrics/api-metrics.ts'
import { exporterMetrics } from '../metrics/exporter-metrics.ts'
import { pipelineMetrics } from '../metrics/pipeline-metrics.ts'
import { processMetrics } from '../metrics/process-metrics.ts'
import { workerMetrics } from '../metrics/worker-metrics.ts'
import { whyNoDebianPackages } from '../stack/parts/debian-packages.ts'
import { fetchMonitoring } from '../stack/parts/monitoring-programs.ts'
import { filledIn } from '../test/support/monitoring/filled-in.ts'
import { metricsOf } from '../test/support/monitoring/metrics-of.ts'
import { boards } from './boards.ts'
import { grafanaDashboard } from './grafana.ts'

/** To fetch promtool, the first time. */
const TIMEOUT_MS = 180_000
const isElsewhere = process.platform !== 'linux' && whyNoDebianPackages() !== null
const panels = boards.flatMap((board) =>
  board.rows.flatMap((row) =>
    row.panels.map((panel) => ({ board, panel, where: `${board.name}, ${panel.title}` })),
  ),
)
const queries = panels.flatMap(({ board, panel, where }) =>
  panel.queries.map((query) => ({ ...query, board, where })),
)

test.skipIf(isElsewhere)(
  'every query of a dashboard is one that Prometheus reads, as promtool of Debian finds',
  { timeout: TIMEOUT_MS },
  async () => {
    const { promtool } = await fetchMonitoring()
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-dashboards-'))
    const file = join(folder, 'queries.json')
    const rules = queries.map(({ expression }, i) => ({ record: `query:${i}`, expr: filledIn(expression) }))
    try {
      writeFileSync(file, JSON.stringify({ groups: [{ name: 'queries', rules }] }))
      const { stdout } = await promisify(execFile)(promtool, ['check', 'rules', file])
      expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)

test('every metric of a dashboard is one of ours, of Node.js, or of a part that is named', () => {
  const own = { ...apiMetrics, ...pipelineMetrics, ...processMetrics, ...workerMetrics }
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const known = new Set<string>([
    ...Object.entries(own).map(([name, { type }]) => (type === 'histogram' ? `${name}_bucket` : name)),
    ...registry.getMetricsAsArray().map(({ name }) => name),
    ...Object.values(exporterMetrics).flatMap(({ series }) => series),
  ])
  for (const { expression, where } of queries) {
    const named = metricsOf(expression)
    expect(named.length > 0 || expression.includes('ALERTS{'), where).toBe(true)
    expect(
      named.filter((name) => !known.has(name)),
      where,
    ).toEqual([])
  }
})

test('a query has no variable but those of its board', () => {
  for (const { expression, board, where } of queries) {
    const used = [...expression.matchAll(/\$(\w+)/g)].map(([, name]) => name)
    const chosen: string[] = board.variables.map(({ name }) => name)
    expect(
      used.filter((name = '') => name !== '__rate_interval' && !chosen.includes(name)),
      where,
    ).toEqual([])
    expect(
      used.some((name = '') => chosen.includes(name)),
      `${where} heeds what is chosen`,
    ).toBe(true)
  }
})

test('what every API says alike is not added up over them', () => {
  for (const { expression, where } of queries)
    for (const name of Object.keys(pipelineMetrics).filter((gauge) => metricsOf(expression).includes(gauge)))
      expect(expression, where).toMatch(new RegExp(`(max|min)( by \\([^)]*\\))? ?\\(${name}\\{`))
})

test('every panel says what it shows, has a title of its own, and links alerts that exist', () => {
  const names = new Set<string>(alerts.map(({ name }) => name))
  for (const { panel, where } of panels) {
    expect(panel.description, where).toMatch(/^[A-Z].*\.$/)
    expect(panel.alerts?.filter((name) => !names.has(name)) ?? [], where).toEqual([])
  }
  for (const board of boards) {
    const titles = board.rows.flatMap((row) => row.panels.map(({ title }) => title))
    expect(
      titles.filter((title, i) => titles.indexOf(title) !== i),
      board.name,
    ).toEqual([])
  }
})

test('every alert is linked from a panel', () => {
  const linked = new Set<string>(panels.flatMap(({ panel }) => panel.alerts ?? []))
  expect(alerts.map(({ name }) => name).filter((name) => !linked.has(name))).toEqual([])
})

test('panels of a dashboard do not overlap, and have ids of their own', () => {
  for (const dashboard of boards.map(grafanaDashboard)) {
    const placed = (dashboard.panels ?? []).map(({ id, gridPos }) => ({ id, ...gridPos }))
    expect(new Set(placed.map(({ id }) => id)).size, dashboard.title).toBe(placed.length)
    const cells = placed.flatMap(({ x = 0, y = 0, w = 0, h = 0 }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    )
    expect(new Set(cells).size, dashboard.title).toBe(cells.length)
  }
})
