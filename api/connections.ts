import type { AuditEvent } from '../domain/audit/audit-event.ts'
import type { Config } from '../config/config.ts'
import type { Logger } from '../config/logger.ts'
import { connectPostgres } from '../db/connection/connect.ts'
import { countWork } from '../db/connection/pool-use.ts'
import { createReplacedPool, type ReplacedPool } from '../db/connection/replaced-pool.ts'
import { recordAuditEvent, recordAuditEvents } from '../db/ledger/audit-events.ts'
import { publishCommandKey } from '../db/ledger/command-keys.ts'
import { createReadRouter } from '../db/nodes/router.ts'
import { createKafka } from '../kafka/client.ts'
import { createTopicOffsets } from '../kafka/topics/topic-offsets.ts'
import { createCommandSigner, type PublicKey } from '../signatures/command-signer.ts'
import { lazyTemporal } from '../temporal/connect.ts'
import { createRefusalCounter } from './http/count-refusals.ts'
import { openServiceTokens } from './service-tokens.ts'
import { createAudit } from './sources/audit.ts'
import { createLookAudit } from './sources/look-audit.ts'

/** One is enough, because commands are rare. */
const AUDIT_CONNECTIONS = 1
/** The API waits no longer than this, because a frozen primary does not end slow statements. */
const AUDIT_DEADLINE_MS = 3_000
/** Each request of a browser asks for its session, which takes less than a millisecond. */
const SESSION_CONNECTIONS = 3
const SESSION_DEADLINE_MS = 2_000
/** One for tokens that are looked up and used, one for commands to them. */
const TOKEN_CONNECTIONS = 2
/** Statements about tokens take milliseconds. */
const TOKEN_DEADLINE_MS = 2_000

export type Connections = ReturnType<typeof openConnections>

/**
 * Every connection is opened when it is first needed, so that the API starts whatever is away.
 * @param recorded is told of each event that the audit has
 */
export function openConnections(config: Config, logger: Logger, recorded: (event: AuditEvent) => void) {
  /** To the primary, for short statements. */
  const openPool = (name: string, maxConnections: number, deadlineMs: number): ReplacedPool => {
    const options = {
      applicationName: `rollcall-api-${name}`,
      maxConnections,
      statementTimeoutMs: deadlineMs,
      idleInTransactionTimeoutMs: deadlineMs,
    }
    return createReplacedPool(
      () => connectPostgres(config.database, options),
      deadlineMs,
      countWork(options.applicationName, maxConnections),
    )
  }
  // Looks have a pool of their own, so that they and commands do not wait for each other here.
  const lookPool = config.audit.reads ? openPool('looks', AUDIT_CONNECTIONS, AUDIT_DEADLINE_MS) : null
  const auditPool = openPool('audit', AUDIT_CONNECTIONS, AUDIT_DEADLINE_MS)
  const audit = createAudit(async (event) => {
    await auditPool.run((sql) => recordAuditEvent(sql, event))
    recorded(event)
  }, logger)
  const publish = (key: PublicKey) =>
    auditPool.run((sql) => publishCommandKey(sql, { ...key, holder: 'api' }))
  return {
    temporal: lazyTemporal(config.temporal),
    router: createReadRouter(config.database, (node, serves, reason) => {
      if (serves) logger.info({ node, reason }, 'this database node serves reads again')
      else logger.warn({ node, reason }, 'reads go to other database nodes until this one answers again')
    }),
    kafka: createKafka(config.kafka, 'rollcall-api'),
    offsets: createTopicOffsets(config.kafka, 'rollcall-api'),
    sessions: openPool('sessions', SESSION_CONNECTIONS, SESSION_DEADLINE_MS),
    auditPool,
    audit,
    lookAudit:
      lookPool === null
        ? null
        : createLookAudit(
            async (events) => {
              await lookPool.run((sql) => recordAuditEvents(sql, events))
              events.forEach(recorded)
            },
            Date.now,
            logger,
          ),
    closeLooks: async () => {
      await lookPool?.close()
    },
    refusals: createRefusalCounter(audit, Date.now),
    tokens: openServiceTokens(
      config,
      openPool('tokens', TOKEN_CONNECTIONS, TOKEN_DEADLINE_MS),
      audit,
      logger,
    ),
    signer: createCommandSigner(config.temporal.namespace, publish, Date.now),
  }
}
