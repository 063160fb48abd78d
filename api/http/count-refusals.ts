import { randomUUID } from 'node:crypto'
import type { Audit } from '../context/audit.ts'
import type { RefusedIdentity } from '../context/refused-identity.ts'
import { safeText } from '../context/safe-text.ts'

/** One event a source and reason in as long. */
const SPAN_MS = 60_000
/** Anyone may send what is refused: more sources than these share an event. */
const MAX_SOURCES = 100
const KEPT_CHARACTERS = 200

export type RefusalCounter = {
  /** Counts a request that was refused. @param address of its sender; null: unknown */
  count: (address: string | null, refused: RefusedIdentity) => void
  /** Records what was counted so far. */
  flush: () => Promise<void>
}

type Counted = { address: string | null; code: string; refusal: string; firstMs: number; count: number }

/**
 * Audits requests that nobody vouched for, of which anyone may send any number: by source and reason, once a minute, with
 * how many there were.
 */
export function createRefusalCounter(audit: Audit, clock: () => number): RefusalCounter {
  let counted = new Map<string, Counted>()
  let timer: NodeJS.Timeout | null = null
  const flush = async () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const events = [...counted.values()]
    counted = new Map()
    const until = new Date(clock()).toISOString()
    for (const { address, code, refusal, firstMs, count } of events)
      await audit.record({
        id: randomUUID(),
        kind: 'identity_refused',
        at: new Date(firstMs).toISOString(),
        actor: null,
        result: 'refused',
        detail: { address, code, refusal, count, until },
      })
  }
  return {
    count(address, { code, message }) {
      const own = `${address} ${code}`
      const key = counted.has(own) || counted.size < MAX_SOURCES ? own : `others ${code}`
      const known = counted.get(key)
      if (known !== undefined) known.count++
      else
        counted.set(key, {
          address: key === own ? address : null,
          code,
          refusal: safeText(message, KEPT_CHARACTERS),
          firstMs: clock(),
          count: 1,
        })
      timer ??= setTimeout(() => void flush(), SPAN_MS).unref()
    },
    flush,
  }
}
