import type { Timing } from './ask.ts'
import type { HistorySize } from '../history/history-size.ts'
import { table } from '../table.ts'

/** An answer that takes longer keeps the user of a page waiting. */
const SLOW_MS = 200

/** How fast one question was answered for one client and for four at once, or why it was not answered. */
export type QueryResult = { question: string } & ({ alone: Timing; byFour: Timing } | { failure: string })

/** Whether a client that asks alone waits too long for one answer in a hundred. */
export const isSlow = (result: QueryResult): boolean => 'alone' in result && result.alone.ms.p99 > SLOW_MS

/** Reports results as a table, the failures, and a line of JSON. */
export function reportQueries(results: readonly QueryResult[], size: HistorySize): string {
  const ms = ({ ms: { p50, p95, p99, max } }: Timing) => [p50, p95, p99, max].map((one) => one.toFixed(0))
  const rows = [
    [
      `${size.logins} logins, ${size.users} users, ${size.days} days`,
      ...['p50 ms', 'p95', 'p99', 'max', '4 at once: p50 ms', 'p95', 'p99', 'max', 'rows', 'KiB', ''],
    ],
    ...results.flatMap((result) =>
      'failure' in result
        ? []
        : [
            [
              result.question,
              ...ms(result.alone),
              ...ms(result.byFour),
              String(result.alone.rows),
              (result.alone.bytes / 1024).toFixed(1),
              isSlow(result) ? `p99 > ${SLOW_MS} ms` : '',
            ],
          ],
    ),
  ]
  const failed = results.flatMap((result) =>
    'failure' in result ? [`\nnot answered: ${result.question}: ${result.failure}`] : [],
  )
  return `\n${table(rows)}\n${failed.join('')}\n${JSON.stringify({ benchmark: 'queries', size, results })}\n`
}
