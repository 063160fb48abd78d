import type { Plugin } from 'graphql-yoga'
import { answerProbe, type ReadinessChecks } from '../../probes/probes.ts'
import type { IngestionProblem } from '../pipeline/problems.ts'

/** Answers /health and /ready (probes/probes.ts). */
export const answerProbes = (
  checks: ReadinessChecks,
  readProblems: () => Promise<IngestionProblem[]>,
): Plugin => ({
  async onRequest(hook) {
    const { Response } = hook.fetchAPI
    const answer = await answerProbe(hook.url.pathname, checks, readProblems)
    if (answer !== null) hook.endResponse(Response.json(answer.body, { status: answer.status }))
  },
})
