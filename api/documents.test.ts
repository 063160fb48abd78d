import { parse, validate } from 'graphql'
import { expect, it } from 'vitest'
import { blocksOf, documents, pages } from '../test/support/api/document-blocks.ts'
import { schema } from './schema/schema.ts'

it.each(pages)('%s shows only GraphQL that the API takes', (page) => {
  const texts = blocksOf(page, 'graphql')
  expect(texts.length).toBeGreaterThan(0)
  for (const text of texts) expect(validate(schema, parse(text)), text).toEqual([])
})

it('every document that shows GraphQL is among those whose GraphQL is tried', () => {
  expect(documents.filter((document) => blocksOf(document, 'graphql').length > 0)).toEqual(pages)
})
