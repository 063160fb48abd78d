import { type ASTNode, type DocumentNode, type GraphQLError, type GraphQLSchema, Kind, visit } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { withoutSuggestion } from './hide-schema.ts'
import { whatFits } from './what-fits.ts'

/**
 * Names the argument, or the variable, that an error of validation is about, and says what fits there; graphql-js
 * knows only where it is written.
 * @param isSchemaOpen whether errors may name what the schema has and the document has not
 */
export const nameArguments = (isSchemaOpen: boolean): Plugin => ({
  onValidate({ params: { documentAST, schema } }) {
    return ({ valid, result }) => {
      if (valid) return
      const errors = result as readonly GraphQLError[]
      const places = placesOf(documentAST as DocumentNode, new Set(errors.map(nodeOf)))
      for (const error of errors) {
        const place = places.get(nodeOf(error))
        if (place !== undefined) error.extensions['argument'] = place
        const added = isSchemaOpen ? whatFits(error.message, schema as GraphQLSchema) : ''
        if (!isSchemaOpen) error.message = withoutSuggestion(error.message)
        // Yoga keeps the errors of a document, and gives them again.
        if (!error.message.endsWith(added)) error.message += added
      }
    }
  },
})

const nodeOf = ({ nodes }: GraphQLError): ASTNode | undefined => nodes?.[0]

type Nodes = ReadonlySet<ASTNode | undefined>
type Places = ReadonlyMap<ASTNode | undefined, string>

/** Where nodes are in an argument, such as filter.locale.in[0], or in the default of a variable. */
function placesOf(document: DocumentNode, nodes: Nodes): Places {
  const places = new Map<ASTNode | undefined, string>()
  visit(document, {
    enter(node, _key, parent, _path, ancestors) {
      if (!nodes.has(node)) return
      const around = [...ancestors, ...(parent === undefined ? [] : [parent])]
      const place = placeOf([...around.flatMap((one) => ('kind' in one ? [one] : [])), node])
      if (place !== '') places.set(node, place)
    },
  })
  return places
}

/** @param chain a node and all that it is in, outermost first */
function placeOf(chain: readonly ASTNode[]): string {
  return chain.reduce((place, node, depth) => {
    if (node.kind === Kind.ARGUMENT) return node.name.value
    if (node.kind === Kind.VARIABLE_DEFINITION) return `$${node.variable.name.value}`
    if (node.kind === Kind.OBJECT_FIELD) return `${place}.${node.name.value}`
    const list = chain[depth - 1]
    return list?.kind === Kind.LIST ? `${place}[${list.values.findIndex((value) => value === node)}]` : place
  }, '')
}
