import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { QueryOptions } from '../arguments.ts'
import { commitOf, thisCheckout, withCheckout, type Checkout } from '../drain/checkout.ts'
import { turns } from '../turns.ts'
import { reportQueriesAgainst, type QueryRun } from './report-queries-against.ts'
import type { QueryResult } from './report-queries.ts'

const MOST_OUTPUT_BYTES = 64 * 1024 * 1024

/**
 * Asks the questions of this clone and of another commit in turns. Each side runs its own benchmark, with a
 * database that it fills itself and documents in its own schema; what both call by the same name is compared.
 */
export async function runQueriesAgainst(
  options: QueryOptions,
  ref: string,
  say: (line: string) => void,
  stop: AbortSignal,
): Promise<void> {
  const commit = await commitOf(ref)
  await withCheckout(commit, say, stop, async (other) => {
    const runs: QueryRun[] = []
    for (const checkout of turns(options.rounds, [thisCheckout, other])) {
      say(`${checkout.name}: asking its questions`)
      runs.push({ subject: checkout.name, results: await resultsOf(checkout, options, stop) })
    }
    say(reportQueriesAgainst(runs, options.size))
  })
}

const run = promisify(execFile)

/** The last line that the benchmark prints is JSON. */
async function resultsOf(
  { folder, node }: Checkout,
  { size: { logins, users, days }, repeat }: QueryOptions,
  stop: AbortSignal,
): Promise<QueryResult[]> {
  const size = { '--logins': logins, '--users': users, '--days': days, '--repeat': repeat }
  const { stdout } = await run(
    node,
    ['bench/main.ts', 'queries', ...Object.entries(size).flatMap(([name, value]) => [name, String(value)])],
    { cwd: folder, signal: stop, maxBuffer: MOST_OUTPUT_BYTES },
  )
  return (JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { results: QueryResult[] }).results
}
