import { parse, validate } from 'graphql'
import { expect, it } from 'vitest'
import { blocksOf, pages } from '../test/support/api/document-blocks.ts'
import { schema } from './schema/schema.ts'

it.each(pages)('%s shows only GraphQL that the API takes', (page) => {
  const documents = blocksOf(page, 'graphql')
  expect(documents.length).toBeGreaterThan(0)
  for (const text of documents) expect(validate(schema, parse(text)), text).toEqual([])
})
