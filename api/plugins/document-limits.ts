import { GraphQLError, parse, type ParseOptions, type Source, type ValidationRule } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { limits } from '../context/limits.ts'

/** Level by level: whoever follows it down runs out of stack. */
function isDeeperThan(depth: number, value: unknown): boolean {
  let level: unknown[] = [value]
  for (let i = 0; i <= depth && level.length > 0; i++)
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null ? (Object.values(one) as unknown[]) : [],
    )
  return level.length > 0
}

/** Caps on the text of a query, before any of it runs; complexity, depth and breadth are in builder.ts. */
export const limitDocuments: Plugin = {
  onParams({ params: { variables, extensions } }) {
    for (const [name, value] of Object.entries({ variables, extensions })) {
      if (!isDeeperThan(limits.nesting, value)) continue
      const message = `${name} are nested more than ${limits.nesting} deep: no argument is`
      throw new GraphQLError(message, {
        extensions: { code: 'QueryTooComplex', cap: limits.nesting, http: { status: 400 } },
      })
    }
  },
  onParse(hook) {
    hook.setParseFn((source: string | Source, options?: ParseOptions) =>
      parse(source, { ...options, maxTokens: limits.tokens }),
    )
  },
  onValidate({ addValidationRule }) {
    addValidationRule(limitAliases)
    addValidationRule(limitDirectives)
  },
}

const limitAliases: ValidationRule = (context) => {
  let aliases = 0
  return {
    Field(node) {
      if (node.alias !== undefined && ++aliases === limits.aliases + 1) {
        context.reportError(tooMany('aliases', 'ask in several requests', limits.aliases))
      }
    },
  }
}

const limitDirectives: ValidationRule = (context) => {
  let directives = 0
  return {
    Directive() {
      if (++directives === limits.directives + 1) {
        context.reportError(tooMany('directives', 'ask in several requests', limits.directives))
      }
    },
  }
}

const tooMany = (what: string, advice: string, cap: number) =>
  new GraphQLError(`the query has more ${what} than the cap of ${cap}: ${advice}`, {
    extensions: { code: 'QueryTooComplex', cap },
  })
