import { randomBytes } from 'node:crypto'
import { Client } from '@temporalio/client'
import { type Config } from '../config/config.ts'
import { type Logger } from '../config/logger.ts'
import { readKey, SecretError } from '../config/secret.ts'
import { createPrimaryReader, createSingleReader } from '../db/nodes/request-reader.ts'
import { anyFreshness } from '../db/nodes/requirement.ts'
import { readProgress } from '../db/read/ledger/progress.ts'
import { readWorkerReport } from '../db/read/ledger/workers.ts'
import { readRecords } from '../kafka/read/read-records.ts'
import { createCommands } from './commands/create-commands.ts'
import { type Connections } from './connections.ts'
import { createPseudonym } from './context/masks.ts'
import { createClientAddress } from './limits/client-address.ts'
import { readinessOf } from './sources/readiness.ts'
import { identityOf } from './identity/identity-of.ts'
import { DocumentsFileError, readDocumentsFile } from './sources/documents-file.ts'
import { createDependencies } from './sources/dependencies.ts'
import { createKafkaBounds } from './sources/kafka-bounds.ts'
import { countLimited } from './metrics/measure-requests.ts'
import { measureSignIns } from './metrics/measure-sign-ins.ts'
import type { Tracing } from '../tracing/span.ts'
import type { ApiMetrics } from './metrics/serve-api-metrics.ts'
import { createAccessLog } from './http/access-log.ts'
import { createRuns } from './commands/runs.ts'
import { createReadBack } from './sources/read-back.ts'
import { createServer } from './server.ts'
import { looksOf } from './looks-of.ts'
import { createOutlooks } from './sources/outlook.ts'
import { watchPace } from './sources/watch-pace.ts'
import type { TemporalAccess } from './sources/temporal-access.ts'
import { traceHandler } from './tracing/trace-requests.ts'
import { createVerifyAudit } from './sources/verify-audit.ts'
import { createWorkflowStatus } from './sources/workflow-status.ts'

/**
 * Makes the server from the configuration and what is connected. Ends the process where a file that it needs cannot be used.
 */
export function composeServer(
  config: Config,
  version: string,
  logger: Logger,
  connections: Connections,
  metrics: ApiMetrics,
  tracing: Tracing,
) {
  const {
    temporal: connection,
    router,
    kafka,
    offsets,
    sessions,
    audit,
    lookAudit,
    refusals,
    signer,
    tokens,
  } = connections
  const { topic } = config.kafka
  const readPrimary = createPrimaryReader(router)
  const kafkaBounds = createKafkaBounds(offsets, topic)
  const access: TemporalAccess = {
    client: new Client({ connection, namespace: config.temporal.namespace }),
    temporal: config.temporal,
    readWorkerReport: () => readPrimary((session) => readWorkerReport(session, topic)),
  }
  const workflowStatus = createWorkflowStatus(access)
  const outlooks = createOutlooks(
    topic,
    (...asked) => offsets.readUnread(...asked),
    () => performance.now(),
  )
  const read = createSingleReader((work) => router.withReadNode(anyFreshness, work))
  const lookAtNodes = () => router.look()
  const sources = {
    ...{ topic, workflowStatus, kafkaBounds, read, readPrimary, lookAtNodes, clock: Date.now },
    outlooks: outlooks.read,
  }
  const identified = identityOf(config, {
    ...{ sessions, audit, refused: refusals.count },
    ...{ tokens: tokens.identify, logger },
  })
  const pseudonym = createPseudonym(readPseudonymKey(config.pseudonymKey, logger))
  const server = createServer({
    version,
    topic,
    router,
    kafkaBounds,
    workflowStatus,
    outlooks: outlooks.read,
    dependencies: createDependencies(
      config,
      looksOf(config, { access, offsets, router, readPrimary, workflowStatus, signIn: identified.signIn }),
    ),
    runs: createRuns(access),
    readBack: createReadBack({ readRecords: (range, limit) => readRecords(kafka, range, limit) }),
    verifyAudit: createVerifyAudit(
      config.audit,
      { kafka, offsets, topic: config.kafka.auditHeadsTopic },
      readPrimary,
    ),
    commands: createCommands({
      ...access,
      sign: signer.sign,
      readPrimary,
      audit,
      clock: Date.now,
    }),
    audit,
    lookAudit,
    refusals,
    logger,
    serviceTokens: tokens.commands,
    metrics: metrics.requests,
    tracing,
    ...identified,
    signIn: identified.signIn === null ? null : measureSignIns(identified.signIn, metrics.requests),
    clientAddress: createClientAddress(config.api.trustedProxies),
    allowedHosts: config.api.allowedHosts,
    pseudonym,
    clock: Date.now,
    limits: config.api,
    explorer: config.api.explorer,
    documents: { byHash: readDocuments(config.api.documents, logger), only: config.api.documentsOnly },
    readiness: readinessOf(router, config.database, access, () => kafkaBounds(topic)),
  })
  return {
    server,
    handler: traceHandler(tracing, config.api.trustedProxies, server),
    limited: countLimited(metrics.requests),
    accessLog: createAccessLog(logger, config.api.accessLog, pseudonym),
    serveMetrics: () => metrics.serve(config, sources, logger),
    endWatch: watchPace(outlooks, {
      readLogs: () => kafkaBounds(topic),
      readProgress: () => read((session) => readProgress(session, topic)),
    }),
  }
}

function readPseudonymKey(key: Config['pseudonymKey'], logger: Logger): string | Buffer {
  try {
    return key === null ? randomBytes(32) : readKey(key)
  } catch (error) {
    if (!(error instanceof SecretError)) throw error
    logger.fatal({}, error.message)
    process.exit(1)
  }
}

function readDocuments(path: string | null, logger: Logger): Map<string, string> | null {
  try {
    return path === null ? null : readDocumentsFile(path)
  } catch (error) {
    if (!(error instanceof DocumentsFileError)) throw error
    logger.fatal({}, error.message)
    process.exit(1)
  }
}
