import { expect, it } from 'vitest'
import { usRegionLocales, usRegionOf } from './us-region.ts'

it('every state and DC is in one region, and nothing else is', () => {
  expect(usRegionLocales.size).toBe(51)
  expect(['NY', 'OH', 'DC', 'CA', 'PR', 'RU', 'en-US', 'ca', 'unknown'].map(usRegionOf)).toEqual([
    ...['northeast', 'midwest', 'south', 'west'],
    ...['other', 'other', 'other', 'other', 'other'],
  ])
})
