import { expect, it } from 'vitest'
import type { AuditEvent } from '../../domain/audit/audit-event.ts'
import { RefusedIdentity, unauthenticated } from '../context/refused-identity.ts'
import { createRefusalCounter } from './count-refusals.ts'

function counter() {
  const events: AuditEvent[] = []
  const record = (event: AuditEvent) => {
    events.push(event)
    return Promise.resolve(true)
  }
  const { count, flush } = createRefusalCounter({ record }, () => Date.UTC(2026, 2, 1))
  return { events, count, flush }
}

it('of a source that is refused again and again, the audit has the first at once, and then how many, for each reason', async () => {
  const { events, count, flush } = counter()
  for (let i = 0; i < 1_000; i++) count('10.0.0.1', unauthenticated('the token \u202e is expired'))
  expect(events).toMatchObject([{ detail: { address: '10.0.0.1', count: 1 } }])
  count('10.0.0.1', new RefusedIdentity('FORBIDDEN', 'no role'))
  count(null, unauthenticated('no token'))
  await flush()
  expect(events.map(({ detail }) => detail)).toMatchObject([
    { address: '10.0.0.1', code: 'UNAUTHENTICATED', refusal: 'the token \ufffd is expired', count: 1 },
    { address: '10.0.0.1', code: 'FORBIDDEN', count: 1 },
    { address: null, count: 1 },
    { address: '10.0.0.1', code: 'UNAUTHENTICATED', count: 999 },
  ])
  await flush()
  expect(events).toHaveLength(4)
})

it('a source that goes on has one event a minute, and one that comes back has its first at once again', async () => {
  const { events, count, flush } = counter()
  const counts = () => events.map(({ detail }) => (detail as { count: number }).count)
  for (let minute = 0; minute < 3; minute++) {
    for (let i = 0; i < 10; i++) count('10.0.0.1', unauthenticated('no token'))
    await flush()
  }
  expect(counts()).toEqual([1, 9, 10, 10])
  await flush()
  count('10.0.0.1', unauthenticated('no token'))
  expect(counts()).toEqual([1, 9, 10, 10, 1])
})

it('more sources than anybody reads share an event', async () => {
  const { events, count, flush } = counter()
  for (let i = 0; i < 5_000; i++) count(`10.0.${i >> 8}.${i & 255}`, unauthenticated('no token'))
  expect(events).toHaveLength(101)
  await flush()
  expect(events).toHaveLength(102)
  expect(events.at(-1)?.detail).toMatchObject({ address: null, count: 4_899 })
})
