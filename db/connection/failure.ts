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
/** The SQLSTATE lock_not_available: a lock was not to be had within lock_timeout. */
export const LOCK_NOT_AVAILABLE = '55P03'
/** The SQLSTATE insufficient_privilege: the role may not do that. */
export const INSUFFICIENT_PRIVILEGE = '42501'

/**
 * Classifies what Postgres or postgres.js threw. A failure that has a class already passes unchanged.
 * @param setting the name of the setting with the URL, if it is not DATABASE_URL
 */
export function postgresFailure(error: unknown, setting?: string): PipelineFailure {
  if (error instanceof PipelineFailure) return error
  if (isNativeError(error)) return defect(error)
  const { code, message } = error as { code?: string; message?: string }
  const permanent = code?.length === 5 && PERMANENT_CLASSES.has(code.slice(0, 2))
  const text = message === undefined || message === '' ? String(code ?? error) : message
  const hint = hintOf(error, setting)
  const whole = hint === null ? `Postgres: ${text}` : `Postgres: ${text}: ${hint}`
  return new PipelineFailure(permanent ? 'permanent' : 'transient', 'postgres', whole, { cause: error })
}

/**
 * Whether Postgres answers, and refuses a statement whatever its data: for a right or a table that is missing, or a mistake in it
 * (SQLSTATE class 42). It is transient, because whoever mends that loses nothing, and no outage.
 */
export function refusesStatement({ cause }: PipelineFailure): boolean {
  const { code } = (cause ?? {}) as { code?: unknown }
  return typeof code === 'string' && code.startsWith('42')
}

/** Runs `work` and classifies what it throws. */
export async function classingPostgres<T>(work: () => Promise<T>, setting?: string): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw postgresFailure(error, setting)
  }
}
