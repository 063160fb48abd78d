import type { Plugin } from 'graphql-yoga'
import type { LookAudit, Viewer } from '../context/audit.ts'
import type { RequestContext } from '../context/context.ts'
import { Look } from '../context/look.ts'
import { unaudited, type Viewing, viewerOf } from '../context/viewer.ts'
import { operationType } from './operation.ts'

/**
 * Has in the audit who looked at whom, before an answer shows it: an answer that the audit does not take is refused. Answers for
 * subscribers are audited where each gets them (api/live/). Comes after what adds to an answer, and before the response cache.
 */
export const auditLooks = (audit: LookAudit): Plugin<RequestContext> => ({
  onExecute: ({ args }) => ({
    async onExecuteDone({ setResult }) {
      const { contextValue } = args
      const { look, pseudonym, address } = contextValue
      const seen = address === null ? null : (look?.seen(pseudonym) ?? null)
      if (seen === null) return
      const by = operationType(args) === 'mutation' ? 'command' : 'query'
      if (await audit.record(viewerOf(contextValue, by), seen)) return
      setResult({ errors: [unaudited(by)] })
    },
  }),
})

/**
 * Has in the audit that a request names an event to wait for: whether it waits tells whether there is one. Comes before the
 * waiting.
 */
export function auditAwaited(audit: LookAudit): Plugin<RequestContext> {
  const isTaken = async (context: RequestContext & Viewing, by: Viewer['by']) => {
    const events = context.awaited?.records.events ?? []
    if (context.look === null || events.length === 0) return true
    const look = new Look()
    look.field('x-rollcall-read-after')
    for (const event of events) look.subject('event', event)
    const seen = look.seen(context.pseudonym)
    return seen === null || (await audit.record(viewerOf(context, by), seen))
  }
  return {
    async onExecute({ args, setResultAndStopExecution }) {
      const by = operationType(args) === 'mutation' ? 'command' : 'query'
      if (!(await isTaken(args.contextValue, by)))
        // Nothing is done yet, whatever it is.
        setResultAndStopExecution({ errors: [unaudited('query')] })
    },
    async onSubscribe({ args, setResultAndStopExecution }) {
      if (!(await isTaken(args.contextValue, 'subscription')))
        setResultAndStopExecution({ errors: [unaudited('subscription')] })
    },
  }
}
