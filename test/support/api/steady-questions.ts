import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

/** How a question went; failure: a status other than 200, or what broke its connection. */
export type Asked = { method: 'GET' | 'POST'; beganAtMs: number; failure: string | null }

const PAUSE_MS = 20

/**
 * Asks without end, several at a time, by GET and by POST.
 * @returns how all went so far, and what ends it and waits for those in flight
 */
export function askSteadily(ask: (method: Asked['method']) => Promise<number>): {
  asked: Asked[]
  end: () => Promise<void>
} {
  const asked: Asked[] = []
  let hasEnded = false
  const askOn = async (method: Asked['method']) => {
    while (!hasEnded) {
      const beganAtMs = performance.now()
      const failure = await ask(method).then(
        (status) => (status === 200 ? null : String(status)),
        (error: unknown) => String((error as Error).cause ?? error),
      )
      asked.push({ method, beganAtMs, failure })
      await sleep(PAUSE_MS)
    }
  }
  const asking = (['GET', 'GET', 'GET', 'POST', 'POST', 'POST'] as const).map(askOn)
  const end = async () => {
    hasEnded = true
    await Promise.all(asking)
  }
  onTestFinished(end)
  return { asked, end }
}
