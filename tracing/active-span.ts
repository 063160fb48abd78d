import { AsyncLocalStorage } from 'node:async_hooks'
import type { Span, SpanOptions, SpanPlace } from './span.ts'

const active = new AsyncLocalStorage<Span>()

/** The span whose work runs now; null: none does, or it has ended and something that it began goes on. */
export function activeSpan(): Span | null {
  const span = active.getStore()
  return span === undefined || span.hasEnded ? null : span
}

/** The place of the active span in its trace, for the lines of a log. */
export const activeTrace = (): SpanPlace | null => activeSpan()

/** Runs work as that of a span. Null: as what it was. */
export const within = <T>(span: Span | null, work: () => T): T =>
  span === null ? work() : active.run(span, work)

/** Runs work as a part of the active span, if there is one, with a span of its own. */
export const traced = <T>(name: string, options: () => SpanOptions, work: () => Promise<T>): Promise<T> => {
  const parent = activeSpan()
  return parent === null ? work() : during(parent.child(name, options()), work)
}

/** Runs work as that of a span, which ends with it. */
export async function during<T>(span: Span | null, work: () => Promise<T>): Promise<T> {
  if (span === null) return await work()
  try {
    return await active.run(span, work)
  } catch (error) {
    span.failed(errorType(error))
    throw error
  } finally {
    span.end()
  }
}

/** The class of a failure, the code of an error, or its name: what says nothing of anybody. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const { failureClass, code } = error as { failureClass?: unknown; code?: unknown }
  if (typeof failureClass === 'string') return failureClass
  return typeof code === 'string' ? code : error.name
}
