import { isEnumType, isInputObjectType, isInterfaceType, isObjectType, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { blocksOf, documents, pages, proseOf, textOf } from '../test/support/api/document-blocks.ts'
import { searchAttributes } from '../workflows/contract.ts'
import { schema } from './schema/schema.ts'

it.each(pages)('%s shows only GraphQL that the API takes', (page) => {
  const texts = blocksOf(page, 'graphql')
  expect(texts.length).toBeGreaterThan(0)
  for (const text of texts) expect(validate(schema, parse(text)), text).toEqual([])
})

it('every document that shows GraphQL is among those whose GraphQL is tried', () => {
  expect(documents.filter((document) => blocksOf(document, 'graphql').length > 0)).toEqual(pages)
})

describe('the name of a field, argument, type or value in a document', () => {
  it.each(['analytics', 'errors', 'glossary', 'live', 'operations', 'schema-changes'].map(inDocs))(
    'is one of the schema: %s',
    (page) => {
      const named = [...proseOf(page).matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => namesIn(code))
      const others = new Set([...aliasesOf(page), ...namesOfTables, ...OTHER_NAMES])
      expect(named.filter((name) => !namesOfSchema.has(name) && !others.has(name))).toEqual([])
    },
  )
})

function inDocs(name: string): string {
  return `docs/${name}.md`
}

/**
 * The names in `name`, `Type.name`, `name: VALUE` and `name(argument: …)`. Those in small letters with
 * underscores are of columns and fields of records.
 */
function namesIn(code: string): string[] {
  const [, path = '', rest = ''] = /^([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)((?:\(.*\)|: .*)?)$/.exec(code) ?? []
  const names = [
    ...path.split('.'),
    ...Array.from(rest.matchAll(/\b([a-z]\w*): /gi), ([, name = '']) => name),
  ]
  return names.filter((name) => name !== '' && !/^[a-z]+_/.test(name))
}

const namesOfSchema = new Set(
  Object.values(schema.getTypeMap()).flatMap((type) => {
    if (isEnumType(type)) return [type.name, ...type.getValues().map(({ name }) => name)]
    if (isInputObjectType(type)) return [type.name, ...Object.keys(type.getFields())]
    if (!isObjectType(type) && !isInterfaceType(type)) return [type.name]
    const fields = Object.values(type.getFields())
    return [type.name, ...fields.flatMap(({ name, args }) => [name, ...args.map((arg) => arg.name)])]
  }),
)

/** The settings, the codes of errors and warnings, and the fields of their extensions. */
const namesOfTables = ['docs/configuration.md', 'docs/errors.md'].flatMap((page) =>
  Array.from(textOf(page).matchAll(/^\| `(\w+)`/gm), ([, name = '']) => name),
)

const aliasesOf = (page: string): string[] =>
  blocksOf(page, 'graphql').flatMap((block) =>
    Array.from(block.matchAll(/(\w+): \w+[ (]/g), ([, alias = '']) => alias),
  )

const OTHER_NAMES = [
  // A request and its answer
  ...['query', 'operationName', 'variables', 'documentId', 'data', 'errors', 'path', 'code', 'extensions'],
  ...['readAfter', 'warnings', 'LOST', 'NEVER_SEEN'],
  // HTTP and server-sent events
  ...['accept', 'br', 'gzip', 'next', 'encodeURIComponent'],
  // Access tokens
  ...['Authorization', 'cnf', 'exp', 'jku', 'jwk', 'x5u', 'x5c'],
  // Updates and settings of Temporal, and an activity
  ...['pause', 'resume', 'replay', 'skip', 'frontend', 'WorkerCommandsEnabled', 'system'],
  ...['enableCancelActivityWorkerCommand', 'ingestSlice'],
  ...Object.keys(searchAttributes),
  // Commands of npm, by which a table tells who connects to what
  ...['migrate', 'upkeep', 'topics', 'api', 'audit', 'generate'],
  // Records and what they hold
  ...['timestamp', 'CA', 'DE', 'IN'],
  // The file of the schema
  ...['schema', 'graphql'],
]
