import {
  buildASTSchema,
  buildSchema,
  type DangerousChange,
  DangerousChangeType,
  type EnumValueDefinitionNode,
  type FieldDefinitionNode,
  findBreakingChanges,
  findDangerousChanges,
  GraphQLSchema,
  type InputValueDefinitionNode,
  isInputObjectType,
  isTypeDefinitionNode,
  Kind,
  parse,
  visit,
} from 'graphql'

/** How a schema differs from the released one, in sentences. */
export type SchemaChanges = {
  /** What a document that was written for the released schema may stop at. */
  breaks: string[]
  /** What such a document gets that it may not expect, such as a new value of an enum. */
  additions: string[]
}

/**
 * Compares the schema with the released one, both as SDL. What the released one has deprecated until a day that
 * is past may be gone.
 * @param today yyyy-mm-dd
 */
export function schemaChanges(released: string, current: string, today: string): SchemaChanges {
  const [before, after] = [promisedOn(released, today), buildSchema(current)]
  const isDefault = ({ type }: DangerousChange) => type === DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE
  const breaks = [
    ...findBreakingChanges(before, after),
    // A document that leaves the argument out would be answered differently.
    ...findDangerousChanges(before, after).filter(isDefault),
  ]
  const additions = findDangerousChanges(buildSchema(released), after).filter((one) => !isDefault(one))
  return {
    breaks: [...breaks.map(({ description }) => description), ...inputChanges(before, after)],
    additions: additions.map(({ description }) => description),
  }
}

/** The released schema without what it has deprecated until a day that is past. */
function promisedOn(released: string, today: string): GraphQLSchema {
  const isPast = (node: Deprecatable) => {
    const day = removalDay(deprecationReason(node))
    return day !== null && day <= today ? null : undefined
  }
  const document = visit(parse(released), {
    FieldDefinition: isPast,
    InputValueDefinition: isPast,
    EnumValueDefinition: isPast,
  })
  const whole = buildSchema(released)
  const led = reachable(whole, []).getTypeMap()
  const kept = buildASTSchema(document, { assumeValid: true, assumeValidSDL: true })
  // A type goes with the last field that leads to it; one that only an interface leads to does not.
  const unled = Object.keys(whole.getTypeMap()).filter((name) => !(name in led))
  return reachable(kept, unled)
}

/** A schema of the types that its fields and arguments lead to, and of some others. */
const reachable = (schema: GraphQLSchema, others: readonly string[]) =>
  new GraphQLSchema({
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
    directives: schema.getDirectives(),
    types: others.flatMap((name) => schema.getType(name) ?? []),
    assumeValid: true,
  })

/** What graphql-js does not compare of inputs: their defaults, and whether exactly one field is given. */
function inputChanges(before: GraphQLSchema, after: GraphQLSchema): string[] {
  const changes: string[] = []
  for (const type of Object.values(before.getTypeMap())) {
    const now = after.getType(type.name)
    if (!isInputObjectType(type) || !isInputObjectType(now)) continue
    if (now.isOneOf && !type.isOneOf) changes.push(`${type.name} takes exactly one field now.`)
    for (const { name, defaultValue } of Object.values(type.getFields())) {
      const field = now.getFields()[name]
      if (field !== undefined && JSON.stringify(field.defaultValue) !== JSON.stringify(defaultValue))
        changes.push(`${type.name}.${name} has changed its default.`)
    }
  }
  return changes
}

type Deprecatable = FieldDefinitionNode | InputValueDefinitionNode | EnumValueDefinitionNode

/** Months between the release that deprecates something and the day of its removal, at least. */
const NOTICE_MONTHS = 6

/**
 * What is wrong with the deprecations of a schema: one without a day, or with a day that is earlier than a release
 * has said; and if the schema is about to be released, one whose day is too near.
 */
export function deprecationProblems(released: string, current: string, releaseDay: string | null): string[] {
  const said = deprecations(released)
  return [...deprecations(current)].flatMap(([place, reason]) => {
    const day = removalDay(reason)
    if (day === null)
      return `${place} is deprecated without a day: end its reason with "Removal on 2027-06-01."`
    const saidDay = removalDay(said.get(place) ?? null)
    if (saidDay !== null && day < saidDay) return `${place} was to stay until ${saidDay}, not ${day}`
    const earliest = releaseDay === null ? '' : monthsAfter(releaseDay, NOTICE_MONTHS)
    return saidDay === null && day < earliest ? `${place} must stay until ${earliest} at least` : []
  })
}

/** What is deprecated, with the reason, by its place, such as Query.batches.first. */
function deprecations(sdl: string): Map<string, string> {
  const found = [...deprecatables(sdl)].flatMap(([place, node]): [string, string][] => {
    const reason = deprecationReason(node)
    return reason === null ? [] : [[place, reason]]
  })
  return new Map(found)
}

function* deprecatables(sdl: string): Generator<[place: string, node: Deprecatable]> {
  for (const definition of parse(sdl).definitions) {
    if (!isTypeDefinitionNode(definition)) continue
    const of = definition.name.value
    const parts = 'fields' in definition ? definition.fields : 'values' in definition ? definition.values : []
    for (const part of parts) {
      yield [`${of}.${part.name.value}`, part]
      const args = part.kind === Kind.FIELD_DEFINITION ? part.arguments : []
      for (const arg of args ?? []) yield [`${of}.${part.name.value}.${arg.name.value}`, arg]
    }
  }
}

function deprecationReason({ directives = [] }: Deprecatable): string | null {
  const deprecated = directives.find(({ name }) => name.value === 'deprecated')
  if (deprecated === undefined) return null
  const [reason] = deprecated.arguments ?? []
  return reason?.value.kind === Kind.STRING ? reason.value.value : ''
}

const removalDay = (reason: string | null): string | null =>
  /Removal on (\d{4}-\d\d-\d\d)/.exec(reason ?? '')?.[1] ?? null

function monthsAfter(day: string, months: number): string {
  const date = new Date(day)
  date.setUTCMonth(date.getUTCMonth() + months)
  return date.toISOString().slice(0, 'yyyy-mm-dd'.length)
}
