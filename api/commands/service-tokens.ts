import { randomUUID } from 'node:crypto'
import type { AuditEvent } from '../../domain/audit/audit-event.ts'
import {
  countActiveServiceTokens,
  insertServiceToken,
  MOST_ACTIVE_TOKENS,
  revokeServiceToken,
} from '../../db/access/service-tokens.ts'
import type { ServiceTokenRow } from '../../db/access/service-token-row.ts'
import type { ReplacedPool } from '../../db/connection/replaced-pool.ts'
import { recordAuditEvent } from '../../db/ledger/audit-events.ts'
import { actorText } from '../../domain/access/command-proof.ts'
import type { Actor } from '../context/actor.ts'
import { auditedActor } from '../../db/ledger/control-events.ts'
import type { Audit } from '../context/audit.ts'
import { CommandFailedError, CommandRefusedError, InvalidCommandError } from '../context/command-errors.ts'
import { NotFoundError } from '../context/errors.ts'
import { safeText } from '../context/safe-text.ts'
import type {
  MadeToken,
  NewTokenRequest,
  RevocationRequest,
  ServiceTokenCommands,
} from '../context/service-token-types.ts'
import type { KnownTokens } from '../identity/service-tokens/known-tokens.ts'
import { hashOfToken, makeTokenText } from '../identity/service-tokens/token-text.ts'
import { problemOfNewToken, problemOfRevocation, refusalOfNewToken } from './service-token-problems.ts'

type TokenDeps = {
  pool: Pick<ReplacedPool, 'run'>
  known: Pick<KnownTokens, 'add' | 'revoke'>
  audit: Audit
  maxDays: number
  /** Unix milliseconds. */
  clock: () => number
}

/** How much the audit keeps of an argument of a refused command: enough to recognise it. */
const KEPT_CHARACTERS = 100

/** What the API does to service tokens. Each change is written with its event of the audit, or not at all. */
export const createServiceTokenCommands = (deps: TokenDeps): ServiceTokenCommands => ({
  make: (request) => makeToken(deps, request),
  revoke: (request) => revokeToken(deps, request),
})

async function makeToken(deps: TokenDeps, request: NewTokenRequest): Promise<MadeToken> {
  const { actor, roles, expiresAt } = request
  const at = new Date(deps.clock())
  const refuse = refusing(deps, actor, 'createServiceToken', {
    name: safeText(request.name, KEPT_CHARACTERS),
    roles,
  })
  const problem = problemOfNewToken(request, at, deps.maxDays)
  if (problem !== null) return await refuse(new InvalidCommandError(problem))
  const commandId = (request.commandId ?? randomUUID()).toLowerCase()
  const refusal = refusalOfNewToken(request)
  if (refusal !== null) return await refuse(new CommandRefusedError(refusal, commandId))
  const [name, purpose, text] = [request.name.trim(), request.purpose.trim(), makeTokenText()]
  const hash = hashOfToken(text)
  const made = await inTransaction(deps, commandId, async (sql) => {
    if ((await countActiveServiceTokens(sql, at)) >= MOST_ACTIVE_TOKENS) return 'too many'
    const token = await insertServiceToken(sql, {
      ...{ hash, commandId, name, purpose, roles: [...new Set(roles)] },
      ...{ createdBy: actorText(actor), expiresAt },
    })
    if (token === null) return 'made before'
    await recordAuditEvent(sql, {
      ...{
        id: commandId,
        kind: 'token_made',
        at: at.toISOString(),
        actor: auditedActor(actor),
        result: 'done',
      },
      detail: { tokenId: String(token.id), name, roles: token.roles, expiresAt: expiresAt.toISOString() },
    })
    return token
  })
  if (typeof made === 'string') return await refuse(new CommandRefusedError(reasons[made], commandId))
  deps.known.add({ ...made, hash })
  return { text, token: made }
}

const reasons = {
  'too many': `${MOST_ACTIVE_TOKENS} tokens may be used, which is the cap: revoke those that nobody needs`,
  'made before':
    'this commandId made a token before, which was shown then and is kept nowhere: revoke that one, and make another with a new commandId',
}

async function revokeToken(deps: TokenDeps, request: RevocationRequest): Promise<ServiceTokenRow> {
  const { actor, reason } = request
  const id = request.token ?? 0n
  const refuse = refusing(deps, actor, 'revokeServiceToken', { tokenId: String(request.token) })
  const problem = problemOfRevocation(request)
  if (problem !== null) return await refuse(new InvalidCommandError(problem))
  const commandId = (request.commandId ?? randomUUID()).toLowerCase()
  const revoked = await inTransaction(deps, commandId, async (sql) => {
    const token = await revokeServiceToken(sql, id, { revokedBy: actorText(actor), reason: reason.trim() })
    if (token === null) return null
    await recordAuditEvent(sql, {
      ...{ id: commandId, kind: 'token_revoked', at: new Date(deps.clock()).toISOString() },
      ...{ actor: auditedActor(actor), result: 'done' },
      detail: { tokenId: String(id), name: token.name, reason: reason.trim() },
    })
    return token
  })
  if (revoked === null) return await refuse(new NotFoundError('there is no such service token', 'tokenId'))
  deps.known.revoke(id)
  return revoked
}

type Work<T> = (sql: Parameters<typeof insertServiceToken>[0]) => Promise<T>

/** @throws {CommandFailedError} the primary does not answer */
async function inTransaction<T>({ pool }: TokenDeps, commandId: string, work: Work<T>): Promise<T> {
  try {
    return (await pool.run((sql) => sql.begin(work))) as T
  } catch (cause) {
    throw new CommandFailedError(
      'the primary of the database did not do it in time, and may still: list the tokens to see what is so',
      commandId,
      { cause },
    )
  }
}

type Facts = NonNullable<Extract<AuditEvent, { kind: 'request_refused' }>['detail']['facts']>

/** Returns what audits a refusal and throws it. */
const refusing =
  ({ audit, clock }: TokenDeps, actor: Actor, field: string, facts: Facts) =>
  async (error: Error): Promise<never> => {
    await audit.record({
      ...{ id: randomUUID(), kind: 'request_refused', at: new Date(clock()).toISOString() },
      ...{ actor: auditedActor(actor), result: 'refused' },
      detail: { field, refusal: error.message, facts },
    })
    throw error
  }
