import { randomUUID } from 'node:crypto'
import type { Audit, CountRefusal } from '../context/audit.ts'
import { safeText } from '../context/safe-text.ts'

/** Further refusals of a source and reason are one event in as long. */
const SPAN_MS = 60_000
/** Anyone may send what is refused: more sources than these share an event. */
const MAX_SOURCES = 100
const KEPT_CHARACTERS = 200

export type RefusalCounter = {
  /** Counts a request that was refused. @param address of its sender; null: unknown */
  count: CountRefusal
  /** Records what was counted so far. */
  flush: () => Promise<void>
}

type Counted = { address: string | null; code: string; refusal: string; firstMs: number; count: number }

/**
 * Audits requests that nobody vouched for, and attempts to sign in that were not even made, of which anyone may send any number: by
 * source and reason, the first at once, then how many more came, once a minute for as long as they come.
 */
export function createRefusalCounter(audit: Audit, clock: () => number): RefusalCounter {
  /** What was refused within the last span, and how often after the last event of it. */
  let counted = new Map<string, Counted>()
  let timer: NodeJS.Timeout | null = null
  const record = ({ address, code, refusal, firstMs, count }: Counted) =>
    audit.record({
      id: randomUUID(),
      kind: 'identity_refused',
      at: new Date(firstMs).toISOString(),
      actor: null,
      result: 'refused',
      detail: { address, code, refusal, count, until: new Date(clock()).toISOString() },
    })
  const schedule = () => {
    timer ??= setTimeout(() => void flush(), SPAN_MS).unref()
  }
  const flush = async () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const goingOn = [...counted].filter(([, { count }]) => count > 0)
    counted = new Map(goingOn.map(([key, one]) => [key, { ...one, count: 0 }]))
    if (counted.size > 0) schedule()
    for (const [, one] of goingOn) await record(one)
  }
  return {
    count(address, { code, message }) {
      const own = `${address} ${code}`
      const key = counted.has(own) || counted.size < MAX_SOURCES ? own : `others ${code}`
      const known = counted.get(key)
      const refusal = safeText(message, KEPT_CHARACTERS)
      if (known === undefined) {
        const first = { address: key === own ? address : null, code, refusal, firstMs: clock(), count: 1 }
        void record(first)
        counted.set(key, { ...first, count: 0 })
      } else {
        if (known.count === 0) Object.assign(known, { refusal, firstMs: clock() })
        known.count++
      }
      schedule()
    },
    flush,
  }
}
