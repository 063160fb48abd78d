import { expect, test } from 'vitest'
import { type StoredSightings, withHalves } from './sighting.ts'

const group = { day: 20_000, ids: ['a'] }
const user = (outcome: string): StoredSightings[number] => ({
  ...group,
  kind: 'user',
  values: ['iOS', '1.0', 'CA', outcome],
})
const device: StoredSightings[number] = { ...group, kind: 'device', values: null }

test('sightings of a version that did not tell halves apart are failures where their outcome says so', () => {
  const halves = withHalves([user('failure'), user('success'), user('unknown'), device])
  expect(halves.map(({ attempts }) => attempts)).toEqual(['failures', 'logins', 'logins', 'logins'])
})

test('sightings that name their half keep it', () => {
  expect(withHalves([{ ...device, attempts: 'failures' }])).toEqual([{ ...device, attempts: 'failures' }])
})
