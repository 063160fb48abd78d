import { loadConfig } from '../../config/config.ts'
import { freePort } from '../../stack/processes/ports.ts'
import { roleArguments } from '../../stack/role-arguments.ts'
import type { QueryOptions } from '../arguments.ts'
import { ask, askOften } from './ask.ts'
import { withBenchStack, type BenchStack } from '../bench-stack.ts'
import { historyFolder, prepareHistory, removeHistories } from '../history/history-folder.ts'
import { withPlans } from './plans.ts'
import type { Question } from './question.ts'
import { questions } from './questions.ts'
import { isSlow, reportQueries, type QueryResult } from './report-queries.ts'
import { createTopic } from '../topics.ts'
import { untilApiAnswers } from '../until-api-answers.ts'

const TOPIC = 'user-login'
/**
 * How often a question is asked before it is measured: enough to ask for each state and zone once, so that
 * pages are cached and code is compiled as in a process that has run for a while.
 */
const WARM_UP = 10
const STOP_GRACE_MS = 15_000

type Say = (line: string) => void

/** Fills a database, unless an earlier run did, and asks its API every question. */
export async function runQueries(options: QueryOptions, say: Say, stop: AbortSignal): Promise<void> {
  if (options.remove) {
    say(`removed ${removeHistories().join(', ') || 'nothing'}`)
    return
  }
  await prepareHistory(options.size, TOPIC, say, stop)
  await withBenchStack(stop, say, (stack) => measure(stack, options), {
    kept: historyFolder(options.size),
  })
}

async function measure(stack: BenchStack, options: QueryOptions): Promise<void> {
  await createTopic(loadConfig(stack.environment).kafka, TOPIC)
  const results: QueryResult[] = []
  await withApi(stack, async (port) => {
    for (const question of questions) {
      stack.stop.throwIfAborted()
      results.push(await measureOne(port, question, options))
    }
  })
  stack.say(reportQueries(results, options.size))
  const slow = new Set(results.filter(isSlow).map(({ question }) => question))
  if (options.plans)
    await showPlans(
      stack,
      options,
      questions.filter(({ name }) => slow.has(name)),
    )
}

async function measureOne(
  port: number,
  question: Question,
  { size, repeat }: QueryOptions,
): Promise<QueryResult> {
  const { name } = question
  try {
    await askOften(port, question, size, { first: 0, repeat: WARM_UP, clients: 1 })
    const alone = await askOften(port, question, size, { first: WARM_UP, repeat, clients: 1 })
    const byFour = await askOften(port, question, size, { first: WARM_UP + repeat, repeat, clients: 4 })
    return { question: name, alone, byFour }
  } catch (error) {
    return { question: name, failure: error instanceof Error ? error.message : String(error) }
  }
}

async function showPlans(
  stack: BenchStack,
  { size }: QueryOptions,
  slow: readonly Question[],
): Promise<void> {
  if (slow.length === 0) return
  await withPlans(stack, (plans) =>
    withApi(stack, async (port) => {
      for (const question of slow) {
        plans()
        await ask(port, question, 0, size)
        stack.say(`\n${question.name}\n${plans()}`)
      }
    }),
  )
}

/** Runs `work` with a new process of the API that has no other clients. */
async function withApi(stack: BenchStack, work: (port: number) => Promise<void>): Promise<void> {
  const port = await freePort(0)
  const api = stack.launch('api', roleArguments('api'), {
    ...stack.environment,
    API_PORT: String(port),
    API_QUESTIONS_PER_SECOND: '1000000',
    API_CLIENT_MS_PER_SECOND: '1000',
    LOG_LEVEL: 'warn',
  })
  try {
    await untilApiAnswers(stack, api, port)
    await work(port)
  } finally {
    await api.stop('SIGTERM', STOP_GRACE_MS)
  }
}
