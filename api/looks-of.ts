import type { Config } from '../config/config.ts'
import type { createPrimaryReader } from '../db/nodes/request-reader.ts'
import type { createReadRouter } from '../db/nodes/router.ts'
import { readUpkeepReport } from '../db/read/ledger/workers.ts'
import { NO_UPKEEP } from '../domain/pipeline/upkeep-report.ts'
import type { TopicOffsets } from '../kafka/topics/topic-offsets.ts'
import type { WorkflowStatus } from './context/source-types.ts'
import { discoverProvider } from './identity/discover-provider.ts'
import { createProviderFetch } from './identity/provider-fetch.ts'
import type { BrowserSignIn } from './identity/sessions/browser-sign-in.ts'
import type { Looks } from './sources/dependencies.ts'
import { findOutage, type TemporalAccess } from './sources/temporal-access.ts'

/** Less than a look may take (api/sources/dependencies.ts), so that it can say what is wrong. */
const TEMPORAL_MS = 1_500

type Parts = {
  access: TemporalAccess
  offsets: Pick<TopicOffsets, 'read'>
  router: Pick<ReturnType<typeof createReadRouter>, 'look'>
  readPrimary: ReturnType<typeof createPrimaryReader>
  workflowStatus: (topic: string) => Promise<WorkflowStatus>
  signIn: BrowserSignIn | null
}

/** How `health` looks at each dependency. */
export function looksOf(
  { kafka, identity }: Config,
  { access, offsets, router, readPrimary, workflowStatus, signIn }: Parts,
): Looks {
  const fetch = identity === null ? null : createProviderFetch(identity.tls)
  const askIssuer = (issuer: string) => async () => {
    if (fetch !== null) await discoverProvider(fetch, issuer)
  }
  return {
    kafka: () => offsets.read(kafka.topic),
    temporal: async () => {
      const outage = await findOutage(access, TEMPORAL_MS)
      if (outage !== null) throw new Error(outage)
    },
    workers: async () => {
      const status = await workflowStatus(kafka.topic)
      if (status.known) return
      throw new Error(status.why === 'temporal' ? 'not known while Temporal does not answer' : status.message)
    },
    upkeep: async () => {
      const { isMissing } = await readPrimary((session) => readUpkeepReport(session, kafka.topic))
      if (isMissing) throw new Error(NO_UPKEEP)
    },
    nodes: () => router.look(),
    identityProviders: Object.fromEntries(
      (identity?.issuers ?? []).map((issuer) => [issuer, askIssuer(issuer)]),
    ),
    directory: signIn?.readiness['directory'] ?? null,
  }
}
