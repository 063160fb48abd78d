import { randomUUID } from 'node:crypto'
import type { Config } from '../config/config.ts'
import { repeatedFault } from '../config/repeated-fault.ts'
import { noteServiceTokenUse, readActiveServiceTokens } from '../db/access/service-tokens.ts'
import { postgresFailure } from '../db/connection/failure.ts'
import type { ReplacedPool } from '../db/connection/replaced-pool.ts'
import { recordAuditEvent } from '../db/ledger/audit-events.ts'
import { createServiceTokenCommands } from './commands/service-tokens.ts'
import type { Actor } from './context/actor.ts'
import { auditedActor } from '../db/ledger/control-events.ts'
import type { Audit } from './context/audit.ts'
import type { Logger } from './context/logger.ts'
import { createKnownTokens } from './identity/service-tokens/known-tokens.ts'
import { createServiceTokens, type TokenUse } from './identity/service-tokens/service-tokens.ts'

/** Service tokens on the primary: what identifies by them, and the commands to them. */
export function openServiceTokens(
  { serviceTokens }: Config,
  pool: ReplacedPool,
  audit: Audit,
  logger: Logger,
) {
  const known = createKnownTokens(() => pool.run((sql) => readActiveServiceTokens(sql, new Date())), {
    now: Date.now,
    elapsed: () => performance.now(),
  })
  const fault = repeatedFault(logger, {
    level: 'warn',
    failing: 'the use of a service token could not be noted',
    works: 'the use of service tokens is noted again',
  })
  /** The first use on a day is audited: each one would be a row for every question. */
  const noteUse = async (actor: Actor, id: bigint, { at, address }: TokenUse) => {
    try {
      await pool.run((sql) =>
        sql.begin(async (transaction) => {
          if (await noteServiceTokenUse(transaction, id, at))
            await recordAuditEvent(transaction, {
              ...{ id: randomUUID(), kind: 'sign_in', at: at.toISOString(), actor: auditedActor(actor) },
              ...{ result: 'done', detail: { provider: 'service token', address } },
            })
        }),
      )
      fault.worked()
    } catch (error) {
      fault.failed({ error: postgresFailure(error).message, token: actor.subject })
    }
  }
  return {
    identify: createServiceTokens(known, noteUse, Date.now),
    commands: createServiceTokenCommands({
      pool,
      known,
      audit,
      maxDays: serviceTokens.maxDays,
      clock: Date.now,
    }),
    close: pool.close,
  }
}
