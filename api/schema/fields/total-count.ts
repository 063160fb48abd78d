import { limits } from '../../context/limits.ts'
import { needs } from '../../context/permission.ts'
import type { ListCount } from '../../questions/connection.ts'
import { builder } from '../builder.ts'
import { capitals } from './enum-values.ts'

const CountPrecision = builder.enumType('CountPrecision', {
  description: 'How exact the number of a list is.',
  values: capitals<ListCount['precision']>({
    exact: 'There are exactly as many.',
    at_least:
      'There are at least as many: counting stopped at its cap, or rows of the list are gone (isExpired).',
  }),
})

const TotalCount = builder.objectRef<ListCount>('TotalCount').implement({
  extensions: needs('figures'),
  description: 'How many there are.',
  fields: (t) => ({
    value: t.exposeInt('value', {
      description: `The number, ${limits.counted} at most.`,
    }),
    precision: t.expose('precision', { type: CountPrecision, description: 'Whether there are more.' }),
  }),
})

builder.globalConnectionField('totalCount', (t) =>
  t.field({
    type: TotalCount,
    // The page multiplies what a connection has, and this is there once.
    complexity: { field: 1, multiplier: 0 },
    description: 'How many rows the list has, whatever the page. Counted only if it is selected.',
    resolve: (connection) => connection.totalCount(),
  }),
)
