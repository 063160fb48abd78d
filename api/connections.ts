import type { Config } from '../config/config.ts'
import type { Logger } from '../config/logger.ts'
import { connectPostgres } from '../db/connection/connect.ts'
import { recordAuditEvent } from '../db/ledger/audit-events.ts'
import { publishCommandKey } from '../db/ledger/command-keys.ts'
import { createReadRouter } from '../db/nodes/router.ts'
import { createKafka } from '../kafka/client.ts'
import { createTopicOffsets } from '../kafka/topics/topic-offsets.ts'
import { createCommandSigner, type PublicKey } from '../signatures/command-signer.ts'
import { lazyTemporal } from '../temporal/connect.ts'
import { createRefusalCounter } from './http/count-refusals.ts'
import { openServiceTokens } from './service-tokens.ts'
import { createAudit } from './sources/audit.ts'

/** One is enough, because commands are rare. */
const AUDIT_CONNECTIONS = 1
const AUDIT_TIMEOUT_MS = 3_000
/** Each request of a browser asks for its session, which takes less than a millisecond. */
const SESSION_CONNECTIONS = 3
const SESSION_TIMEOUT_MS = 3_000

export type Connections = ReturnType<typeof openConnections>

/** Every connection is opened when it is first needed, so that the API starts whatever is away. */
export function openConnections(config: Config, logger: Logger) {
  const auditSql = connectPostgres(config.database, {
    applicationName: 'rollcall-api-audit',
    maxConnections: AUDIT_CONNECTIONS,
    statementTimeoutMs: AUDIT_TIMEOUT_MS,
    idleInTransactionTimeoutMs: AUDIT_TIMEOUT_MS,
  })
  const audit = createAudit((event) => recordAuditEvent(auditSql, event), logger)
  const publish = (key: PublicKey) => publishCommandKey(auditSql, { ...key, holder: 'api' })
  return {
    temporal: lazyTemporal(config.temporal),
    router: createReadRouter(config.database, (node, serves, reason) => {
      if (serves) logger.info({ node, reason }, 'this database node serves reads again')
      else logger.warn({ node, reason }, 'reads go to other database nodes until this one answers again')
    }),
    kafka: createKafka(config.kafka, 'rollcall-api'),
    offsets: createTopicOffsets(config.kafka, 'rollcall-api'),
    sessions: connectPostgres(config.database, {
      applicationName: 'rollcall-api-sessions',
      maxConnections: SESSION_CONNECTIONS,
      statementTimeoutMs: SESSION_TIMEOUT_MS,
      idleInTransactionTimeoutMs: SESSION_TIMEOUT_MS,
    }),
    auditSql,
    audit,
    refusals: createRefusalCounter(audit, Date.now),
    tokens: openServiceTokens(config, audit, logger),
    signer: createCommandSigner(config.temporal.namespace, publish, Date.now),
  }
}
