import { readFileSync } from 'node:fs'
import type { Connection } from '@temporalio/client'
import { expect, test } from 'vitest'
import { searchAttributes } from '../workflows/contract.ts'
import { AttributesMissing, registerSearchAttributes } from './temporal-search-attributes.ts'

/** A server that has no search attributes, and answers who adds some with a code of gRPC. */
const refusing = (code: number) =>
  ({
    operatorService: {
      listSearchAttributes: () => Promise.resolve({ customAttributes: {} }),
      addSearchAttributes: () => Promise.reject(Object.assign(new Error('refused'), { code })),
    },
  }) as unknown as Connection

test.each([7, 12, 16])(
  'who may not add search attributes is told which are missing: code %i',
  async (code) => {
    const refused = registerSearchAttributes(refusing(code), 'company')
    await expect(refused).rejects.toThrow(AttributesMissing)
    await expect(refused).rejects.toThrow(
      /add RollcallTopic \(Keyword\), .*IngestOffset \(Int\), .* to the namespace company$/,
    )
  },
)

test('an outage is none of search attributes', async () => {
  await expect(registerSearchAttributes(refusing(14), 'company')).rejects.toThrow('refused')
})

test('docs/operations.md lists all search attributes for whoever has to add them', () => {
  const page = readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8')
  const missing = Object.keys(searchAttributes).filter((name) => !page.includes(`\`${name}\``))
  expect(missing).toEqual([])
})
