import { defect, isNativeError, PipelineFailure } from '../../domain/pipeline/failure.ts'
import { hintOf } from './hint.ts'

/**
 * SQLSTATE classes that blame the data: data exception, integrity constraint, program limit (an index row too large).
 * Everything else passes once Postgres, its schema or its rights are mended, so it must never park or reject (G5).
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const PERMANENT_CLASSES = new Set(['22', '23', '54'])

/** SQLSTATE of a table that the database does not have. */
export const UNDEFINED_TABLE = '42P01'

/** Classes what Postgres or postgres.js threw. Failures that are classed already pass unchanged. */
export function postgresFailure(error: unknown): PipelineFailure {
  if (error instanceof PipelineFailure) return error
  if (isNativeError(error)) return defect(error)
  const { code, message } = error as { code?: string; message?: string }
  const permanent = code?.length === 5 && PERMANENT_CLASSES.has(code.slice(0, 2))
  const text = message === undefined || message === '' ? String(code ?? error) : message
  const hint = hintOf(error)
  const whole = hint === null ? `Postgres: ${text}` : `Postgres: ${text}: ${hint}`
  return new PipelineFailure(permanent ? 'permanent' : 'transient', 'postgres', whole, { cause: error })
}

/** Runs `work` and classes what it throws. */
export async function classingPostgres<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw postgresFailure(error)
  }
}
