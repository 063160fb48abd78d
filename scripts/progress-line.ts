import { z } from 'zod'

const INTERVAL_MS = { terminal: 2_000, file: 10_000 }
const QUERY = '{ ingestion { ... on Ingestion { state lag partitions { logins rejects } } } }'

const answer = z.object({
  data: z.object({
    ingestion: z.object({
      state: z.string().nullable(),
      lag: z.number().nullable(),
      partitions: z.array(z.object({ logins: z.number().nullable(), rejects: z.number().nullable() })),
    }),
  }),
})

/** Asks the API how far ingestion is, and shows it in one line again and again: often on a terminal, else rarely. */
export function watchProgress(api: string, terminal: boolean, show: (line: string) => void): void {
  let before: { logins: number; atMs: number } | null = null
  const look = async () => {
    const response = await fetch(api, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUERY }),
      signal: AbortSignal.timeout(INTERVAL_MS.terminal),
    })
    const { state, lag, partitions } = answer.parse(await response.json()).data.ingestion
    const logins = partitions.reduce((sum, partition) => sum + (partition.logins ?? 0), 0)
    const rejects = partitions.reduce((sum, partition) => sum + (partition.rejects ?? 0), 0)
    const atMs = Date.now()
    const rate =
      before === null ? '' : ` (${((1000 * (logins - before.logins)) / (atMs - before.atMs)).toFixed(1)}/s)`
    before = { logins, atMs }
    const line = `logins ${logins}${rate} · lag ${lag ?? 'unknown'} · rejected ${rejects} · ${state?.toLowerCase() ?? 'state unknown'}`
    show(line)
  }
  // While the API starts, or a part is away, there is nothing to say that its log does not.
  setInterval(
    () => void look().catch(() => undefined),
    terminal ? INTERVAL_MS.terminal : INTERVAL_MS.file,
  ).unref()
}
