import {
  type DocumentNode,
  GraphQLError,
  Kind,
  parse,
  type ParseOptions,
  type Source,
  type ValidationRule,
  visit,
} from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { limits } from '../context/limits.ts'
import { requestError } from '../context/request-error.ts'

/**
 * Whether a value has more levels. It goes level by level, because recursion into deep input would overflow
 * the stack.
 */
function isDeeperThan(depth: number, value: unknown): boolean {
  let level: unknown[] = [value]
  for (let i = 0; i <= depth && level.length > 0; i++)
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null ? (Object.values(one) as unknown[]) : [],
    )
  return level.length > 0
}

/**
 * Caps on the text of a query and its variables. Those of complexity, depth and breadth are in
 * api/schema/builder.ts.
 */
export const limitDocuments: Plugin = {
  onParams({ params: { variables, extensions } }) {
    for (const [name, value] of Object.entries({ variables, extensions })) {
      if (!isDeeperThan(limits.nesting, value)) continue
      const message = `${name} have more than the cap of ${limits.nesting} levels: send flatter ones, as every argument is`
      throw requestError('TOO_COMPLEX', message, { cap: limits.nesting, http: { status: 400 } })
    }
  },
  onParse(hook) {
    hook.setParseFn(parseUpToCap)
  },
  onValidate({ addValidationRule }) {
    addValidationRule(limitAliases)
    addValidationRule(limitDirectives)
  },
}

function parseUpToCap(source: string | Source, options?: ParseOptions): DocumentNode {
  try {
    const document = parse(source, { ...options, maxTokens: limits.tokens })
    checkSize(document)
    return document
  } catch (error) {
    if (error instanceof GraphQLError && error.message.endsWith('tokens. Parsing aborted.'))
      throw tooMany('tokens', limits.tokens)
    throw error
  }
}

/** Before validation, which takes time by the square of these. */
function checkSize(document: DocumentNode): void {
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)
  if (fragments.length > limits.fragments) throw tooMany('fragments', limits.fragments)
  let selections = 0
  visit(document, {
    SelectionSet: (node) => {
      selections += node.selections.length
    },
  })
  if (selections > limits.selections) throw tooMany('fields', limits.selections)
}

const limitAliases: ValidationRule = (context) => {
  let aliases = 0
  return {
    Field(node) {
      if (node.alias !== undefined && ++aliases === limits.aliases + 1) {
        context.reportError(tooMany('aliases', limits.aliases))
      }
    },
  }
}

const limitDirectives: ValidationRule = (context) => {
  let directives = 0
  return {
    Directive() {
      if (++directives === limits.directives + 1) {
        context.reportError(tooMany('directives', limits.directives))
      }
    },
  }
}

const tooMany = (what: string, cap: number) =>
  requestError('TOO_COMPLEX', `the query has more ${what} than the cap of ${cap}: ask in several requests`, {
    cap,
  })
