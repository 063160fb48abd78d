import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Screen } from '../cli/screen.ts'

const INTERVAL_MS = { terminal: 2_000, file: 10_000 }
/** Interval until the first line of progress. */
const FIRST_INTERVAL_MS = 250
/**
 * While the worker starts, the API does not know the state yet; after this many answers without one, the line
 * appears anyway.
 */
const FIRST_ANSWERS = 20
/** Longer than the API takes to find out who does not answer. */
const ANSWER_MS = 5_000
const QUERY =
  '{ ingestion { state lag partitions { attempts rejects } problems { kind partitions message } } }'

const answer = z.object({
  data: z.object({
    ingestion: z.object({
      state: z.string().nullable(),
      lag: z.number().nullable(),
      partitions: z.array(z.object({ attempts: z.number().nullable(), rejects: z.number().nullable() })),
      problems: z.array(z.object({ kind: z.string(), partitions: z.array(z.number()), message: z.string() })),
    }),
  }),
})

export type Progress = z.infer<typeof answer>['data']['ingestion']

/**
 * Asks the API for the progress of ingestion and shows it in one line: first as soon as a worker has
 * reported, then every 2 seconds on a terminal, otherwise every 10. Prints the full message of each new
 * problem in a line that stays.
 * @returns a function that ends this
 */
export function watchProgress(api: string, terminal: boolean, { say, progress }: Screen): () => void {
  const describe = createProgressLine()
  const ended = new AbortController()
  let answers = 0
  let isShown = false
  const look = async () => {
    const ingestion = await askProgress(api)
    answers += 1
    const isWorkerStarting = ingestion.state === null && answers < FIRST_ANSWERS
    if (ended.signal.aborted || (!isShown && isWorkerStarting)) return
    isShown = true
    const { line, news } = describe(ingestion, Date.now())
    for (const message of news) say(message)
    progress(line)
  }
  const watch = async () => {
    while (!ended.signal.aborted) {
      // Nothing is shown while the API starts.
      await look().catch(() => {
        if (isShown && !ended.signal.aborted) progress(`the API does not answer at ${api}; its log says why`)
      })
      const waitMs = isShown ? INTERVAL_MS[terminal ? 'terminal' : 'file'] : FIRST_INTERVAL_MS
      await sleep(waitMs, undefined, { ref: false, signal: ended.signal }).catch(() => undefined)
    }
  }
  void watch()
  return () => {
    ended.abort()
  }
}

async function askProgress(api: string): Promise<Progress> {
  const response = await fetch(api, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY }),
    signal: AbortSignal.timeout(ANSWER_MS),
  })
  return answer.parse(await response.json()).data.ingestion
}

/**
 * Creates a function that makes a line of progress; `news` are the messages of problems that the last answer
 * did not have.
 */
export function createProgressLine(): (progress: Progress, atMs: number) => { line: string; news: string[] } {
  let before: { attempts: number; atMs: number } | null = null
  let known = new Set<string>()
  return ({ state, lag, partitions, problems }, atMs) => {
    const attempts = sumOf(partitions.map((partition) => partition.attempts))
    const rejects = sumOf(partitions.map((partition) => partition.rejects))
    const rate =
      before === null || attempts === null
        ? ''
        : ` (${((1000 * (attempts - before.attempts)) / (atMs - before.atMs)).toFixed(1)}/s)`
    before = attempts === null ? null : { attempts, atMs }
    const news = problems.filter((problem) => !known.has(keyOf(problem))).map(({ message }) => message)
    known = new Set(problems.map(keyOf))
    const facts = [
      `attempts ${attempts ?? 'unknown'}${rate}`,
      `lag ${lag ?? 'unknown'}`,
      `rejected ${rejects ?? 'unknown'}`,
      ...(state === null ? [] : [state.toLowerCase()]),
      ...problems.map(({ message }) => shortForm(message)),
    ]
    return { line: facts.join(' · '), news }
  }
}

/** The sum of the numbers that are known; null if none is. */
const sumOf = (numbers: (number | null)[]): number | null =>
  numbers.some((number) => number !== null)
    ? numbers.reduce<number>((sum, number) => sum + (number ?? 0), 0)
    : null

/** Identifies a problem, whatever the numbers in its message. */
const keyOf = ({ kind, partitions }: Progress['problems'][number]) => `${kind} ${partitions.join()}`

const shortForm = (message: string): string => message.split(': ', 1)[0] ?? message
