import type { ValidationRule } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { requestError } from '../context/request-error.ts'

/** Refuses questions about the schema and its types; `__typename` is answered. */
export const hideSchema: Plugin = {
  onValidate({ addValidationRule }) {
    addValidationRule(noIntrospection)
  },
}

/** https://spec.graphql.org/October2021/#sec-Schema-Introspection */
const INTROSPECTION = ['__schema', '__type']

const noIntrospection: ValidationRule = (context) => ({
  Field(node) {
    if (!INTROSPECTION.includes(node.name.value)) return
    context.reportError(
      requestError(
        'GRAPHQL_VALIDATION_FAILED',
        `${node.name.value} is not answered here: read the schema where Rollcall's documents have it, or set API_INTROSPECTION=true`,
      ),
    )
  },
})

/** A message of graphql-js without the names of the schema that it suggests, always at its end. */
export const withoutSuggestion = (message: string): string => message.replace(/ Did you mean .*$/s, '')
