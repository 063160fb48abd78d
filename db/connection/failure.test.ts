import { expect, test } from 'vitest'
import { postgresFailure, refusesStatement } from './failure.ts'

const classOf = (error: object) => postgresFailure(error).failureClass

test('an outage of any kind is transient, never the fault of the data', () => {
  const codes = [
    'ECONNREFUSED',
    'CONNECTION_CLOSED',
    'CONNECT_TIMEOUT',
    '57P01',
    '57P03',
    '53100',
    '40P01',
    '42P01',
    '25006',
    '28000',
    '57014',
  ]
  for (const code of codes) expect(classOf(Object.assign(new Error('x'), { code })), code).toBe('transient')
})

test('a value that Postgres refuses is permanent', () => {
  for (const code of ['22021', '22P02', '23514', '54000'])
    expect(classOf(Object.assign(new Error('x'), { code })), code).toBe('permanent')
})

test('the message of postgres.js is kept, and its code where it has no message', () => {
  expect(postgresFailure(new Error('relation is gone')).message).toBe('Postgres: relation is gone')
  expect(postgresFailure(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })).message).toMatch(
    /^Postgres: ECONNREFUSED: start Postgres there/,
  )
})

test('what our own code throws is a defect and no outage; a driver keeps its class, with a code or without', () => {
  const natives = [
    new RangeError('Invalid time value'),
    new TypeError('x is undefined'),
    new SyntaxError('x'),
    new URIError('x'),
  ]
  for (const error of natives)
    expect(postgresFailure(error)).toMatchObject({ failureClass: 'defect', part: 'rollcall' })
  class ConnectionError extends Error {}
  for (const error of [
    new Error('Closed connection'),
    new ConnectionError('timeout'),
    new AggregateError([]),
  ])
    expect(postgresFailure(error).failureClass).toBe('transient')
})

test('what someone has to mend is said with the setting to mend', () => {
  const saidOf = (code: string, message: string) =>
    postgresFailure(Object.assign(new Error(message), { code })).message
  expect(saidOf('28P01', 'password authentication failed for user "u"')).toBe(
    'Postgres: password authentication failed for user "u": correct the password in DATABASE_URL or DATABASE_PASSWORD_FILE, or the one on the server',
  )
  const denied = Object.assign(new Error('password authentication failed'), { code: '28P01' })
  expect(postgresFailure(denied, 'DATABASE_ADMIN_URL').message).toMatch(
    /in DATABASE_ADMIN_URL or DATABASE_ADMIN_PASSWORD_FILE/,
  )
  const refused = Object.assign(new Error('permission denied to grant role "rollcall_owner"'), {
    code: '42501',
  })
  expect(postgresFailure(refused).message).toMatch(/let an administrator run npm run migrate -- --bootstrap/)
  expect(postgresFailure(refused, 'DATABASE_ADMIN_URL').message).toMatch(
    /as the administrator who made the roles/,
  )
  expect(saidOf('28000', 'no pg_hba.conf entry for host "h", user "u", database "d", no encryption')).toMatch(
    /add sslmode=verify-full and sslrootcert to DATABASE_URL/,
  )
  expect(saidOf('08P01', 'unsupported startup parameter: statement_timeout')).toMatch(/PgBouncer/)
})

test('a statement that Postgres refuses for a right, a table or its form is no outage', () => {
  const of = (code: string) => refusesStatement(postgresFailure(Object.assign(new Error('x'), { code })))
  expect(['42501', '42P01', '42601'].map(of)).toEqual([true, true, true])
  expect(['57P01', '53300', '08006', '40001', '23505'].map(of)).toEqual([false, false, false, false, false])
})
