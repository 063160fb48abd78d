import type { BenchOptions } from '../arguments.ts'
import type { BenchStack } from '../bench-stack.ts'
import { loadConfig } from '../../config/config.ts'
import { withProgram, type Program } from '../program.ts'
import { createTopic, PARTITIONS } from '../topics.ts'
import { turns } from '../turns.ts'
import { paced, type PacedResult } from './paced.ts'
import { reportPaced } from './report-paced.ts'

/** Sends logins at a fixed rate to one program after another, and reports how long they took to show. */
export async function runPaced(
  stack: BenchStack,
  { rounds, seconds, users }: BenchOptions,
  programs: readonly Program[],
  ratePerSecond: number,
): Promise<void> {
  const results: PacedResult[] = []
  for (const [index, program] of turns(rounds, programs).entries()) {
    const input = { topic: `paced-${index}`, partitions: PARTITIONS }
    await createTopic(loadConfig(stack.environment).kafka, input.topic, input.partitions)
    stack.say(`${program.name}: sending ${ratePerSecond} logins/s for ${seconds} s`)
    const result = await withProgram(stack, program, input, (subject) =>
      paced(stack, subject, { ratePerSecond, seconds, users }),
    )
    results.push(result)
  }
  stack.say(reportPaced(results))
}
