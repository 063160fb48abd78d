import type { Plugin } from 'graphql-yoga'
import { repeatedFault } from '../../config/repeated-fault.ts'
import { isPermitted } from '../../domain/access/permission.ts'
import type { Role } from '../../domain/access/role.ts'
import { isOwn, nameOf } from '../../probes/own-host.ts'
import { createProbes, type ReadinessChecks, readinessWords } from '../../probes/probes.ts'
import type { Logger } from '../context/logger.ts'
import type { Incoming } from '../limits/client-address.ts'
import type { IngestionProblem } from '../pipeline/problems.ts'

type ProbeDeps = {
  checks: ReadinessChecks
  readProblems: () => Promise<IngestionProblem[]>
  /** Of who asks; none, if that is not known. */
  rolesOf: (request: Request, incoming: Incoming) => Promise<readonly Role[]>
  /** The names of the API: a page that got here by another one is a stranger's (DNS rebinding). */
  allowedHosts: readonly string[]
  logger: Logger
}

/** Answers /health and /ready (probes/probes.ts); what is wrong, only to who may see failures. */
export function answerProbes(deps: ProbeDeps): Plugin<object, Incoming> {
  const { checks, readProblems, rolesOf, allowedHosts, logger } = deps
  const probes = createProbes(checks, readProblems, repeatedFault(logger, readinessWords))
  return {
    async onRequest(hook) {
      const { request, url, serverContext, fetchAPI } = hook
      const answer = await probes(
        url.pathname + url.search,
        async () =>
          isOwn(nameOf(url.href), allowedHosts) &&
          isPermitted(await rolesOf(request, serverContext), 'failures'),
      )
      if (answer !== null) hook.endResponse(fetchAPI.Response.json(answer.body, { status: answer.status }))
    },
  }
}
