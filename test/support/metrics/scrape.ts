import { expect } from 'vitest'
import { HOST } from '../../../stack/processes/ports.ts'
import type { RoleProcess } from '../deployment/role-process.ts'

/** What a worker or API serves to Prometheus, once it does: start it with its metrics port 0. */
export async function scrape(role: RoleProcess): Promise<string> {
  const served =
    role.log().find(({ message }) => message === 'metrics are served') ?? expect.fail('none are served yet')
  return await scrapePort(Number(served['rollcall.metrics.port']))
}

/** What is served to Prometheus at a port of this machine. */
export async function scrapePort(port: number): Promise<string> {
  const response = await fetch(`http://${HOST}:${port}/metrics`)
  expect(response.status).toBe(200)
  return await response.text()
}

/** The names of series that a scrape has samples of, such as those `_bucket`, `_sum` and `_count` of a histogram. */
export const seriesIn = (served: string): ReadonlySet<string> =>
  new Set(
    served
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0] ?? ''),
  )

/**
 * The names of metrics that a scrape knows, be it without a sample so far: those of `seriesIn`, and those of every
 * `# TYPE`, with all series that the type has.
 */
export function metricsIn(served: string): ReadonlySet<string> {
  const typed = [...served.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type = '']) =>
    (suffixes[type] ?? ['']).map((suffix) => `${name}${suffix}`),
  )
  return new Set([...seriesIn(served), ...typed])
}

const suffixes: Readonly<Record<string, string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
}

/** The sum of the samples of a series whose labels contain a text. */
export const sumOf = (served: string, name: string, label = ''): number =>
  served
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
