import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  MappingType,
  type Panel as GrafanaPanel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard'
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  PanelBuilder as HeatmapBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import { anchorOf } from '../alerts/alert.ts'
import type { Panel } from './board.ts'

/** Chosen on the board. The one of deploy/monitoring/grafana/ is first. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' }
const HEIGHTS: Record<Panel['as'], number> = { value: 5, table: 7, lines: 8, stack: 8, heatmap: 8 }

/** A panel in the form that Grafana reads. */
export function grafanaPanel(panel: Panel, id: number): Builder<GrafanaPanel> {
  const { title, description, as, width, alerts = [] } = panel
  const builder = visualization(panel)
    .id(id)
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .span(width)
    .height(HEIGHTS[as])
    .links(alerts.map(runbookLink))
  panel.queries.forEach(({ expression, legend }, i) => {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode('A'.charCodeAt(0) + i))
      .expr(expression)
      .legendFormat(legend)
    if (as === 'table') query.instant().format(PromQueryFormat.Table)
    else query.range().format(as === 'heatmap' ? PromQueryFormat.Heatmap : PromQueryFormat.TimeSeries)
    builder.withTarget(query)
  })
  return builder
}

const runbookLink = (alert: string) =>
  new DashboardLinkBuilder(`What to do: ${alert}`)
    .type(DashboardLinkType.Link)
    .url(`\${runbook}#${anchorOf(alert)}`)
    .targetBlank(true)

function visualization(panel: Panel) {
  if (panel.as === 'value') return value(panel)
  if (panel.as === 'table') return table()
  if (panel.as === 'heatmap') return heatmap(panel)
  return lines(panel)
}

const value = (panel: Panel) =>
  new StatBuilder()
    .unit(panel.unit === 'yes or no' ? 'short' : panel.unit)
    .mappings(panel.unit === 'yes or no' ? YES_OR_NO : [])
    .thresholds(thresholds(panel))
    .noValue('none')
    .colorMode(
      panel.limits === undefined && panel.unit !== 'yes or no'
        ? BigValueColorMode.None
        : BigValueColorMode.Background,
    )
    .graphMode(BigValueGraphMode.None)
    .textMode(
      panel.queries.length === 1 && !panel.queries[0]?.legend.includes('{{')
        ? BigValueTextMode.Value
        : BigValueTextMode.ValueAndName,
    )
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))

/** Without the column of the moment: it is now. */
const table = () =>
  new TableBuilder().noValue('none').withTransformation({
    id: 'organize',
    options: { excludeByName: { Time: true } },
  })

const heatmap = ({ unit }: Panel) =>
  new HeatmapBuilder()
    .calculate(false)
    .yAxis(new YAxisConfigBuilder().unit(unit))
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Blues').steps(64))
    .hideLegend()

const lines = (panel: Panel) => {
  const builder = new TimeSeriesBuilder()
    .unit(panel.unit)
    .min(0)
    .thresholds(thresholds(panel))
    .lineWidth(1)
    .fillOpacity(panel.as === 'stack' ? 30 : 0)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
  if (panel.as === 'stack') builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal))
  if (panel.limits !== undefined)
    builder.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed))
  return builder
}

const YES_OR_NO: ValueMapping[] = [
  {
    type: MappingType.ValueToText,
    options: { '0': { text: 'no', color: 'red', index: 0 }, '1': { text: 'yes', color: 'green', index: 1 } },
  },
]

/** Grafana colours from each step's value on; the first has none. */
function thresholds({ limits }: Panel) {
  const { warning, page, isWorseBelow = false } = limits ?? {}
  const steps = isWorseBelow
    ? [
        { value: null, color: page === undefined ? 'yellow' : 'red' },
        ...(page !== undefined && warning !== undefined ? [{ value: page, color: 'yellow' }] : []),
        { value: warning ?? page ?? 0, color: 'green' },
      ]
    : [
        { value: null, color: 'green' },
        ...(warning === undefined ? [] : [{ value: warning, color: 'yellow' }]),
        ...(page === undefined ? [] : [{ value: page, color: 'red' }]),
      ]
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps)
}
