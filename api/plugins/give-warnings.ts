import type { Plugin } from 'graphql-yoga'
import type { RequestContext } from '../context/context.ts'

/**
 * Puts the warnings of an answer into `extensions.warnings`. Comes before the response cache, which keeps
 * them with the answer.
 */
export const giveWarnings: Plugin<Pick<RequestContext, 'warnings'>> = {
  onExecute: ({ args: { contextValue } }) => ({
    onExecuteDone({ result, setResult }) {
      const { warnings } = contextValue
      if (Symbol.asyncIterator in result || warnings.length === 0) return
      setResult({ ...result, extensions: { ...result.extensions, warnings } })
    },
  }),
}
