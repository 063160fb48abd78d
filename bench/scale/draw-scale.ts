import { PARTITIONS } from '../topics.ts'
import type { CaseCost } from './report-scale.ts'

const WIDTH = 760
const HEIGHT = 320
/** Of a curve's rectangle. */
const PLOT = { width: 290, top: 56, bottom: 262 }
/** Where the two rectangles begin. */
const LEFTS = { events: 58, partitions: 436 }
/** Between the edge of a rectangle and the first and last point. */
const INSET = 36
/** Costs that are taken for the same as those of the case that the others are compared to. */
const BAND = 0.15

const STYLE = `
  .ground { fill: #ffffff } text { font: 12px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600 }
  .grid { stroke: #d1d9e0 } .band { fill: #0969da; opacity: 0.12 }
  .curve { fill: none; stroke: #0969da; stroke-width: 2 } .point { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } text { fill: #f0f6fc } .grid { stroke: #3d444d }
    .band, .point { fill: #4493f8 } .curve { stroke: #4493f8 }
  }
`

/**
 * Draws the median CPU time of a login over the size of the topic and over its partitions, both on a
 * logarithmic scale, as an SVG picture for light and dark pages. The first cost is that to which the others
 * are compared.
 */
export function drawScale(costs: readonly CaseCost[]): string {
  const base = costs[0]
  if (base === undefined) throw new Error('there is nothing to draw')
  const most = Math.max(...costs.map(cpu), (1 + BAND) * cpu(base))
  const step = gridStep(most)
  const axis: Axis = { most: Math.ceil(most / step) * step, step, base: cpu(base) }
  const bySize = costs.filter(({ partitions }) => partitions === PARTITIONS)
  const byPartitions = costs.filter(({ events }) => events === base.events)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="CPU seconds of a worker per million logins">
<style>${STYLE}</style>
<rect class="ground" width="${WIDTH}" height="${HEIGHT}"/>
<text class="title" x="${LEFTS.events}" y="24">CPU seconds of a worker per million logins</text>
<text x="${LEFTS.events}" y="42">shaded: within ${BAND * 100} % of that of ${shortNumber(base.events)} logins in ${PARTITIONS} partitions</text>
${panel(LEFTS.events, axis, bySize.map(pointOver('events')), `logins in ${PARTITIONS} partitions`)}
${panel(LEFTS.partitions, axis, byPartitions.map(pointOver('partitions')), `partitions with ${shortNumber(base.events)} logins`)}
</svg>
`
}

type Axis = { most: number; step: number; base: number }
type Point = { at: number; value: number }

const cpu = ({ cpuSecondsPerMillion }: CaseCost): number => cpuSecondsPerMillion.median

const pointOver =
  (key: 'events' | 'partitions') =>
  (cost: CaseCost): Point => ({ at: cost[key], value: cpu(cost) })

function panel(left: number, axis: Axis, unsorted: Point[], label: string): string {
  const points = unsorted.toSorted((a, b) => a.at - b.at)
  const [least, most] = [points[0]?.at ?? 1, points.at(-1)?.at ?? 1]
  const x = (at: number) => {
    const share = most === least ? 0.5 : Math.log(at / least) / Math.log(most / least)
    return round(left + INSET + share * (PLOT.width - 2 * INSET))
  }
  const y = (value: number) => round(PLOT.bottom - (value / axis.most) * (PLOT.bottom - PLOT.top))
  const right = left + PLOT.width
  const [bandTop, bandBottom] = [y((1 + BAND) * axis.base), y((1 - BAND) * axis.base)]
  const lines = Array.from({ length: Math.round(axis.most / axis.step) + 1 }, (_, index) => {
    const value = index * axis.step
    return (
      `<line class="grid" x1="${left}" x2="${right}" y1="${y(value)}" y2="${y(value)}"/>` +
      `<text x="${left - 8}" y="${y(value) + 4}" text-anchor="end">${round(value)}</text>`
    )
  })
  const marks = points.map(
    ({ at, value }) =>
      `<circle class="point" cx="${x(at)}" cy="${y(value)}" r="4"/>` +
      `<text x="${x(at)}" y="${y(value) - 10}" text-anchor="middle">${value.toFixed(1)}</text>` +
      `<text x="${x(at)}" y="${PLOT.bottom + 18}" text-anchor="middle">${shortNumber(at)}</text>`,
  )
  return [
    `<rect class="band" x="${left}" width="${PLOT.width}" y="${bandTop}" height="${round(bandBottom - bandTop)}"/>`,
    ...lines,
    `<polyline class="curve" points="${points.map(({ at, value }) => `${x(at)},${y(value)}`).join(' ')}"/>`,
    ...marks,
    `<text x="${left + PLOT.width / 2}" y="${PLOT.bottom + 40}" text-anchor="middle">${label}</text>`,
  ].join('\n')
}

/** 1, 2 or 5 times a power of ten, so that at most six lines are drawn. */
function gridStep(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / 5))
  return [1, 2, 5].map((factor) => factor * power).find((step) => most / step <= 5) ?? 10 * power
}

const shortNumber = (value: number): string =>
  value.toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 2 })

const round = (value: number): number => Math.round(value * 100) / 100
