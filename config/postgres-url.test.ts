import { expect, test } from 'vitest'
import { postgresUrlProblem, withoutPassword } from './postgres-url.ts'

test.each([
  'postgres://u:p@h:5432/d',
  'postgresql://h/d',
  'postgres://u:p%40%3A%2F%3F%23%25@h/d?sslmode=disable',
  'postgres://u@h/d?sslmode=verify-full',
  'postgres://u@h/d?sslmode=verify-full&sslrootcert=/ca.pem&sslcert=/c.pem&sslkey=/k.pem&hostaddr=10.0.0.1',
  'postgres://u@[::1]:5432/d',
])('%s is taken', (url) => {
  expect(postgresUrlProblem(url)).toBeNull()
})

test.each([
  'mysql://u@h/d',
  'postgres://u@h',
  'postgres://u@h/',
  'postgres:///d',
  'postgres://u:secret@h:99999/d',
  'postgres://u:secret@h:0/d',
  'postgres://u:secret@a:1,b:2/d',
  'postgres://u:secret@a,b/d',
  'postgres://u:sec@ret@h/d',
  'postgres://u:sec/ret@h/d',
  'postgres://u:12/secret@h/d',
  'postgres://u:12?secret@h/d',
  'postgres://u:12#secret@h/d',
  'postgres://u:secret%zz@h/d',
  'postgres://u:secret@h/d?sslmode=require',
  'postgres://u:secret@h/d?sslmode=prefer',
  'postgres://u:secret@h/d?sslmode=verify-ca&sslrootcert=/ca.pem',
  'postgres://u:secret@h/d?sslmode=no-verify',
  'postgres://u:secret@h/d?ssl=true',
  'postgres://u:secret@h/d?sslrootcert=/ca.pem',
  'postgres://u:secret@h/d?sslmode=verify-full&sslcert=/c.pem',
  'postgres://u:secret@h/d?sslmode=verify-full&sslpassword=secret',
  'postgres://u:secret@h/d?hostaddr=h2',
  // The time-outs of sessions, and the time zone in which days are counted, are not for a URL to change.
  'postgres://u:secret@h/d?statement_timeout=0',
  'postgres://u:secret@h/d?TimeZone=Asia/Tokyo',
  'postgres://u:secret@h/d?options=-c%20timezone=Asia/Tokyo',
  'postgres://u:secret@h/d?channel_binding=require',
  'postgres://u@h/d?password=secret',
  'postgres://u:secret@h/d?sslmode=verify-full&sslmode=disable',
])('%s is refused, and nothing of it is repeated', (url) => {
  const problem = postgresUrlProblem(url)
  expect(problem).toMatch(/^must /)
  expect(problem).not.toMatch(/secret|ret@/)
})

test.each([
  ['postgres://u:secret@h:5432/d', 'postgres://u@h:5432/d'],
  ['postgres://u:s%40cret@h/d', 'postgres://u@h/d'],
  ['postgres://u@h/d?password=secret&sslmode=require', 'postgres://u@h/d'],
  ['postgres://u@h/d', 'postgres://u@h/d'],
])('%s is shown as %s', (url, shown) => {
  expect(withoutPassword(url)).toBe(shown)
})
