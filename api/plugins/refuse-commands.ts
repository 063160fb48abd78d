import type { Plugin } from 'graphql-yoga'
import type { RequestContext } from '../context/context.ts'
import { requestError } from '../context/request-error.ts'
import { operationType } from './operation.ts'

/** While the primary is away nobody knows whether a session has ended: it asks on for a minute, and commands nothing. */
export const refuseCommands: Plugin<RequestContext> = {
  onExecute({ args, setResultAndStopExecution }) {
    // In this order, because an answer that used who asks is not cached.
    if (operationType(args) !== 'mutation') return
    if (args.contextValue.caller.actor.session?.mayCommand !== false) return
    const message =
      'the database that knows who is signed in does not answer: commands are taken again when it does, questions meanwhile'
    setResultAndStopExecution({
      errors: [requestError('DATABASE_UNAVAILABLE', message, { http: { status: 503 } })],
    })
  },
}
