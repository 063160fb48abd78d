import type { Plugin } from 'graphql-yoga'
import { formatReadToken, type ReadToken } from '../../db/nodes/read-token.ts'
import type { Logger } from '../context/logger.ts'
import { operationType } from './operation.ts'

/**
 * Read-your-writes: the answer of every command carries a token, `extensions.readAfter`, that stands for all that was
 * written when it was answered. A question that sends it sees that. Without a primary to ask there is none, and the
 * command has its effect all the same.
 * @param readToken throws {ReadFailure} when the primary is away
 */
export const giveReadToken = (readToken: () => Promise<ReadToken>, logger: Logger): Plugin => ({
  onExecute({ args }) {
    if (operationType(args) !== 'mutation') return undefined
    return {
      async onExecuteDone({ result, setResult }) {
        if (Symbol.asyncIterator in result) return
        try {
          const readAfter = formatReadToken(await readToken())
          setResult({ ...result, extensions: { ...result.extensions, readAfter } })
        } catch (error) {
          logger.warn({ err: error }, 'a command was answered without a token to read after')
        }
      },
    }
  },
})
