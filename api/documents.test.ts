import { readFileSync } from 'node:fs'
import { parse, validate } from 'graphql'
import { expect, it } from 'vitest'
import { schema } from './schema.ts'

/** The GraphQL of a page of Markdown. */
const documentsOf = (page: string): string[] =>
  [...readFileSync(new URL(`../${page}`, import.meta.url), 'utf8').matchAll(/```graphql\n(.*?)```/gs)].map(
    ([, text]) => text ?? '',
  )

it.each(['README.md', 'docs/runbook.md', 'docs/analytics.md'])(
  '%s shows only GraphQL that the API takes',
  (page) => {
    const documents = documentsOf(page)
    expect(documents.length).toBeGreaterThan(0)
    for (const text of documents) expect(validate(schema, parse(text)), text).toEqual([])
  },
)
