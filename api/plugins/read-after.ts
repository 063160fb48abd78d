import { repeatedFault } from '../../config/repeated-fault.ts'
import type { Plugin } from 'graphql-yoga'
import { formatReadToken, type ReadToken } from '../../db/nodes/read-token.ts'
import type { Logger } from '../context/logger.ts'
import { operationType } from './operation.ts'

/**
 * Read-your-writes: the answer to every command carries the token `extensions.readAfter`, which stands for
 * everything written before the answer. A question that sends the token sees all of that. While the primary
 * is away, the answer has no token, and the command has its effect all the same.
 * @param readToken throws {ReadFailure} if the primary is away
 */
export const giveReadToken = (readToken: () => Promise<ReadToken>, logger: Logger): Plugin => {
  const fault = repeatedFault(logger, {
    level: 'warn',
    failing: 'a command was answered without extensions.readAfter, because the primary did not answer',
    works: 'commands are answered with extensions.readAfter again',
  })
  return {
    onExecute({ args }) {
      if (operationType(args) !== 'mutation') return undefined
      return {
        async onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return
          try {
            const readAfter = formatReadToken(await readToken())
            fault.worked()
            setResult({ ...result, extensions: { ...result.extensions, readAfter } })
          } catch (error) {
            fault.failed({ error: error instanceof Error ? error.message : String(error) })
          }
        },
      }
    },
  }
}
