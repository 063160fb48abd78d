import { type GraphQLSchema, isEnumType, isInputObjectType } from 'graphql'

/** How graphql-js 16 words that a value does not fit its type: in documents, and in variables. */
const misfits = [
  / does not exist in "(?<type>\w+)" enum\./,
  /Enum "(?<type>\w+)" cannot represent non-(?:enum|string) value: /,
  /^OneOf Input Object "(?<type>\w+)" must specify exactly one key\.$/,
  /Exactly one key must be specified for OneOf type "(?<type>\w+)"\.$/,
  /Field "\w+" is not defined by type "(?<type>\w+)"\./,
  /^Expected value of type "\[*(?<type>\w+)[\]!]*", found /,
  /; Expected type "(?<type>\w+)" to be an object\.$/,
]
/** A short text that was given for an object. */
const GIVEN_TEXT = /(?:, found| got invalid value) (?<text>"[^"\\]{1,40}")/
const POSITION =
  /^Variable "(?<variable>\$\w+)" of type "[^"]+" used in position expecting type "(?<type>[^"]+)"\.$/

/**
 * A sentence to add to a message of graphql-js: what may stand where something else does. Empty: the message
 * is of no such error.
 */
export function whatFits(message: string, schema: GraphQLSchema): string {
  const { variable, type: expected = '' } = POSITION.exec(message)?.groups ?? {}
  if (variable !== undefined) return ` Declare ${variable}: ${expected}${whatIsTaken(expected)}.`
  for (const misfit of misfits) {
    const name = misfit.exec(message)?.groups?.['type']
    if (name !== undefined) return valuesOf(schema, name, message)
  }
  return ''
}

const whatIsTaken = (type: string): string =>
  /^Moment!?$/.test(type) ? ', which takes dates, and moments with their zone' : ''

function valuesOf(schema: GraphQLSchema, name: string, message: string): string {
  const type = schema.getType(name)
  if (isEnumType(type)) return ` ${name} is one of ${listed(type.getValues().map((value) => value.name))}.`
  if (!isInputObjectType(type)) return ''
  const fields = Object.keys(type.getFields())
  if (type.isOneOf) return ` Give one of ${listed(fields)}.`
  return ` ${name} has ${listed(fields)}${fields.includes('in') ? exampleOf(message) : ''}.`
}

/** The object that a text was likely meant as, in the notation that it was given in. */
function exampleOf(message: string): string {
  const text = GIVEN_TEXT.exec(message)?.groups?.['text']
  if (text === undefined) return ''
  return message.includes(' got invalid value ') ? `, such as {"in": [${text}]}` : `, such as {in: [${text}]}`
}

const listed = (names: readonly string[]): string => names.join(', ')
