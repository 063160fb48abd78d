import { expect, it } from 'vitest'
import { GroundTruth } from './ground-truth.ts'

const sent = {
  userId: 'a',
  appVersion: '2.3.0',
  ip: '108.228.145.239',
  locale: 'RI',
  deviceId: 'd',
  timestampSeconds: Date.UTC(2024, 6, 10, 23, 59, 59) / 1000,
  deviceType: 'iOS' as const,
}

it('counts logins by minute and dimensions, users by day, rejects by reason', () => {
  const truth = new GroundTruth()
  truth.addSent({ ...sent, timestampSeconds: sent.timestampSeconds + 1 })
  truth.addSent(sent)
  truth.addSent({ ...sent, timestampSeconds: sent.timestampSeconds - 59 })
  truth.addSent({ ...sent, userId: 'b', deviceType: null })
  truth.addSent({ ...sent, outcome: 'failure' })
  truth.addSent({ ...sent, userId: 'c', outcome: 'failure' })
  truth.addReject('not_json')
  truth.addReject('empty')
  truth.addReject('not_json')

  const dimensions = { deviceType: 'iOS', appVersion: '2.3.0', locale: 'RI', outcome: 'unknown' }
  expect(truth.totals()).toEqual({ sent: 9, logins: 6, rejects: 3 })
  expect(truth.counts()).toEqual([
    { ...dimensions, minute: '2024-07-10T23:59', outcome: 'failure', logins: 2 },
    { ...dimensions, minute: '2024-07-10T23:59', logins: 2 },
    { ...dimensions, minute: '2024-07-10T23:59', deviceType: 'unknown', logins: 1 },
    { ...dimensions, minute: '2024-07-11T00:00', logins: 1 },
  ])
  expect(truth.usersPerDay()).toEqual([
    ['2024-07-10', 3],
    ['2024-07-11', 1],
  ])
  expect([...truth.usersOf('2024-07-10', 'logins')]).toEqual(['a', 'b'])
  expect([...truth.usersOf('2024-07-10', 'failures')]).toEqual(['a', 'c'])
  expect(truth.rejectsByReason()).toEqual([
    ['empty', 1],
    ['not_json', 2],
  ])
})

it('keeps counts apart whatever text the dimensions hold', () => {
  const truth = new GroundTruth()
  const login = { userId: 'a', eventTimeMs: 0, deviceType: 'iOS', outcome: 'unknown' }
  truth.addLogin({ ...login, appVersion: '1|2', locale: '3' })
  truth.addLogin({ ...login, appVersion: '1', locale: '2|3' })
  expect(truth.counts().map(({ logins }) => logins)).toEqual([1, 1])
})
