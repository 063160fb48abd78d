import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getOperationAST,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

/** Fields of Freshness that say who read, when and up to where: they differ while the answer is the same. */
const OF_THE_READING = ['databaseNode', 'databaseRole', 'readAt', 'replicaLagMs', 'position']

/** Keys of an answer's objects that lead to such a field, or are one. */
export type Places = Map<string, Places | 'here'>

/** Where the answer to a query says who read it and when. */
export function placesOfReading(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
): Places {
  const fragments = new Map(
    document.definitions.flatMap((definition): [string, FragmentDefinitionNode][] =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  )
  const addAll = (places: Places, type: string, { selections }: SelectionSetNode): void => {
    for (const selection of selections) add(places, type, selection)
  }
  const add = (places: Places, type: string, selection: SelectionNode): void => {
    if (selection.kind === Kind.FIELD) {
      addField(places, type, selection)
      return
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
    if (fragment !== undefined)
      addAll(places, fragment.typeCondition?.name.value ?? type, fragment.selectionSet)
  }
  const addField = (places: Places, type: string, field: FieldNode): void => {
    const { alias, name, selectionSet } = field
    const key = (alias ?? name).value
    if (type === 'Freshness' && OF_THE_READING.includes(name.value)) places.set(key, 'here')
    const inner = typeOf(schema, type, name.value)
    if (selectionSet === undefined || inner === null) return
    const known = places.get(key)
    const below: Places = known instanceof Map ? known : new Map<string, Places | 'here'>()
    addAll(below, inner, selectionSet)
    if (below.size > 0) places.set(key, below)
  }
  const places: Places = new Map<string, Places | 'here'>()
  const operation = getOperationAST(document, operationName)
  if (operation != null) addAll(places, 'Query', operation.selectionSet)
  return places
}

function typeOf(schema: GraphQLSchema, type: string, field: string): string | null {
  const parent = schema.getType(type)
  const found = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field] : undefined
  return found === undefined ? null : getNamedType(found.type).name
}
