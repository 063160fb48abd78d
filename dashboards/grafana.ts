import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Dashboard,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { Board, Variable } from './board.ts'
import { DATASOURCE, grafanaPanel } from './grafana-panel.ts'

/** A board in the form that Grafana reads (schema 42). */
export function grafanaDashboard(board: Board): Dashboard {
  const builder = new DashboardBuilder(board.title)
    .uid(board.name)
    .description(board.description)
    .tags(['rollcall'])
    .readonly()
    .timezone('browser')
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(others)
    .withVariable(datasource)
  for (const variable of board.variables) builder.withVariable(choice(variable))
  builder.withVariable(runbook)
  let id = 0
  for (const { title, panels } of board.rows) {
    builder.withRow(new RowBuilder(title).id(++id))
    for (const panel of panels) builder.withPanel(grafanaPanel(panel, ++id))
  }
  return builder.build()
}

const others = new DashboardLinkBuilder('Rollcall')
  .type(DashboardLinkType.Dashboards)
  .tags(['rollcall'])
  .includeVars(true)
  .keepTime(true)

const datasource = new DatasourceVariableBuilder('datasource')
  .label('Prometheus')
  .type('prometheus')
  .current({ text: 'Prometheus', value: 'prometheus' })

/** Where the documents are published is not known here. */
const runbook = new TextBoxVariableBuilder('runbook')
  .label('Address of docs/runbook.md')
  .defaultValue('docs/runbook.md')
  .current({ text: 'docs/runbook.md', value: 'docs/runbook.md' })

const choice = ({ name, title, label, of }: Variable) =>
  new QueryVariableBuilder(name)
    .label(title)
    .datasource(DATASOURCE)
    .query({ query: `label_values(${of}, ${label})`, refId: name })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .multi(true)
    .includeAll(true)
    // Also matches what has no such label.
    .allValue('.*')
    .current({ text: 'All', value: '$__all' })
