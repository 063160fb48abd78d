import { defect, isNativeError, PipelineFailure } from '../../domain/pipeline/failure.ts'
import { hintOf } from './hint.ts'

/**
 * SQLSTATE classes that blame the data: data exception, integrity constraint, program limit (such as an index
 * row that is too large). Every other error ends once Postgres, its schema or its rights are repaired, so it
 * must never park or reject (G5). https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const PERMANENT_CLASSES = new Set(['22', '23', '54'])

/** The SQLSTATE undefined_table: the database lacks a table. */
export const UNDEFINED_TABLE = '42P01'

/** Classifies what Postgres or postgres.js threw. A failure that has a class already passes unchanged. */
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

/** Runs `work` and classifies what it throws. */
export async function classingPostgres<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw postgresFailure(error)
  }
}
