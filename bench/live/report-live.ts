import { table } from '../table.ts'
import type { LiveResult } from './live.ts'

/** Reports a live question as a table and a line of JSON. */
export function reportLive(result: LiveResult): string {
  const { subscribers, ratePerSecond, seconds, percent, memoryMiB, answers, latencyMs } = result
  const whole = (value: number) => value.toFixed(0)
  const rows = [
    [`${subscribers} subscribers of one question, ${ratePerSecond} logins a second, ${seconds} s`, ''],
    ['CPU of the API, % of a core', percent.toFixed(1)],
    ['memory of the API at each tenth of the time, MiB', memoryMiB.map(whole).join(' ')],
    ['answers that each subscriber got', String(answers)],
    ['from schedule to the last subscriber, ms, p50', whole(latencyMs.p50)],
    ['p99', whole(latencyMs.p99)],
    ['max', whole(latencyMs.max)],
  ]
  return `\n${table(rows)}\n\n${JSON.stringify({ benchmark: 'live', ...result })}\n`
}
