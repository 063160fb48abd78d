import { randomUUID, scryptSync } from 'node:crypto'
import type { SetSetting } from '../config/set-settings.ts'
import type { Sql } from '../db/connection/connect.ts'
import { lastSettings } from '../db/ledger/audit-chain.ts'
import { recordAuditEvent } from '../db/ledger/audit-events.ts'
import { changedSettings, FINGERPRINT } from '../domain/audit/changed-settings.ts'

type Process = 'worker' | 'upkeep' | 'api'

/**
 * Two bytes of a slow hash: a changed secret has another one but once in 65,536 times, and who guesses secrets cannot
 * tell a right guess by it.
 */
const FINGERPRINT_BYTES = 2

/** Audits with which settings a process starts, if they are others than those of the start before. */
export async function recordSettings(
  sql: Sql,
  process: Process,
  given: ReadonlyMap<string, SetSetting>,
  at: Date,
): Promise<void> {
  const settings = Object.fromEntries(
    [...given].map(([name, { value, isSecret }]) => [name, isSecret ? fingerprint(name, value) : value]),
  )
  const changed = changedSettings(await lastSettings(sql, process), settings)
  if (changed === null) return
  await recordAuditEvent(sql, {
    id: randomUUID(),
    kind: 'settings_changed',
    at: at.toISOString(),
    actor: null,
    result: 'done',
    detail: { process, changed, settings },
  })
}

const fingerprint = (name: string, value: string): string =>
  `${FINGERPRINT}${scryptSync(value, name, FINGERPRINT_BYTES).toString('hex')}`
