import { expect, it } from 'vitest'
import { acceptedTypes } from './media-types.ts'

const json = 'application/json'
const graphql = 'application/graphql-response+json'

it.each([
  [`${json}; q=0.2, ${graphql}; q=0.3`, [graphql, json]],
  [`APPLICATION/JSON`, [json]],
  [`${json};charset=utf-8;q=0.1, ${graphql};q="1"`, [json]],
  [`application/*`, [json, graphql]],
  [`application/*;q=0.1, ${graphql};q=0`, [json]],
  [`text/event-stream`, ['text/event-stream']],
  [`${graphql}, ${json}, ${graphql};q=0`, [graphql, json]],
  [`nonsense, ;q=1, /, ${json};q=2, ${graphql};q=0.1234`, []],
])('media types come in the order of their weights: %s', (header, types) => {
  expect(acceptedTypes(header)).toEqual(types)
})

it('without the header, all are accepted', () => {
  for (const header of [null, '', '*/*']) expect(acceptedTypes(header).slice(0, 2)).toEqual([json, graphql])
})
