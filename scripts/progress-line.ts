import { z } from 'zod'
import type { Screen } from '../config/screen.ts'

const INTERVAL_MS = { terminal: 2_000, file: 10_000 }
/** Longer than the API looks for who does not answer. */
const ANSWER_MS = 5_000
const QUERY =
  '{ ingestion { ... on Ingestion { state lag partitions { logins rejects } problems { kind partitions message } } } }'

const answer = z.object({
  data: z.object({
    ingestion: z.object({
      state: z.string().nullable(),
      lag: z.number().nullable(),
      partitions: z.array(z.object({ logins: z.number().nullable(), rejects: z.number().nullable() })),
      problems: z.array(z.object({ kind: z.string(), partitions: z.array(z.number()), message: z.string() })),
    }),
  }),
})

export type Progress = z.infer<typeof answer>['data']['ingestion']

/**
 * Asks the API how far ingestion is, and shows it in one line again and again: often on a terminal, else rarely. What is wrong
 * is said in full once, in a line that stays.
 */
export function watchProgress(api: string, terminal: boolean, { say, progress }: Screen): void {
  const describe = createProgressLine()
  let hasAnswered = false
  let isLooking = false
  const look = async () => {
    const response = await fetch(api, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUERY }),
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    const { ingestion } = answer.parse(await response.json()).data
    hasAnswered = true
    const { line, news } = describe(ingestion, Date.now())
    for (const message of news) say(message)
    progress(line)
  }
  const lookOnce = async () => {
    if (isLooking) return
    isLooking = true
    // While the API starts there is nothing to say.
    await look().catch(() => {
      if (hasAnswered) progress(`the API does not answer at ${api}; its log says why`)
    })
    isLooking = false
  }
  setInterval(() => void lookOnce(), terminal ? INTERVAL_MS.terminal : INTERVAL_MS.file).unref()
}

/** Puts progress into one line; `news` are the messages of problems that the answer before did not have. */
export function createProgressLine(): (progress: Progress, atMs: number) => { line: string; news: string[] } {
  let before: { logins: number; atMs: number } | null = null
  let known = new Set<string>()
  return ({ state, lag, partitions, problems }, atMs) => {
    const logins = sumOf(partitions.map((partition) => partition.logins))
    const rejects = sumOf(partitions.map((partition) => partition.rejects))
    const rate =
      before === null || logins === null
        ? ''
        : ` (${((1000 * (logins - before.logins)) / (atMs - before.atMs)).toFixed(1)}/s)`
    before = logins === null ? null : { logins, atMs }
    const news = problems.filter((problem) => !known.has(keyOf(problem))).map(({ message }) => message)
    known = new Set(problems.map(keyOf))
    const facts = [
      `logins ${logins ?? 'unknown'}${rate}`,
      `lag ${lag ?? 'unknown'}`,
      `rejected ${rejects ?? 'unknown'}`,
      ...(state === null ? [] : [state.toLowerCase()]),
      ...problems.map(({ message }) => shortForm(message)),
    ]
    return { line: facts.join(' · '), news }
  }
}

/** Null: nobody knows. */
const sumOf = (numbers: (number | null)[]): number | null =>
  numbers.some((number) => number !== null)
    ? numbers.reduce<number>((sum, number) => sum + (number ?? 0), 0)
    : null

/** The same problem however its numbers move. */
const keyOf = ({ kind, partitions }: Progress['problems'][number]) => `${kind} ${partitions.join()}`

const shortForm = (message: string): string => message.split(': ', 1)[0] ?? message
