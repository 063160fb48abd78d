import type { Plugin } from 'graphql-yoga'
import type { RequestContext } from '../context/context.ts'
import { requestError } from '../context/request-error.ts'
import { operationType } from './operation.ts'

/** While the primary is away nobody knows whether a session has ended: it asks on for a minute, and commands nothing. */
export const refuseCommands: Plugin<RequestContext> = {
  onExecute({ args, setResultAndStopExecution }) {
    if (args.contextValue.caller.actor.session?.mayCommand !== false || operationType(args) !== 'mutation')
      return
    const message =
      'the database that knows who is signed in does not answer: commands are taken again when it does, questions meanwhile'
    setResultAndStopExecution({
      errors: [requestError('DATABASE_UNAVAILABLE', message, { http: { status: 503 } })],
    })
  },
}
