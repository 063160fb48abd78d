import { isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { AuditDetails } from '../../domain/audit/audit-event.ts'
import type { LookAudit, Viewer } from '../context/audit.ts'
import type { Seen } from '../context/look.ts'
import { encodeGlobalId } from '../context/global-id.ts'
import { createPseudonym, type PseudonymKind } from '../context/masks.ts'
import { as, byRoles } from '../identity/roles-fixture.ts'
import { serve } from '../server-fixture.ts'
import { schema } from './schema.ts'

type Extended = { name: string; extensions: Readonly<Record<string, unknown>> }
const isPersonal = ({ extensions }: Extended) => extensions['permission'] === 'persons'
const saysWhom = ({ extensions }: Extended) => extensions['about'] !== undefined

const types = Object.values(schema.getTypeMap())
const fields = types.flatMap((type) =>
  isObjectType(type) ? Object.values(type.getFields()).map((field) => ({ type, field })) : [],
)
/** Shown by these, nobody knows whose value it is: a reject of a batch, and pages of values, whose rows say it. */
const OF_NOBODY = ['Reject', 'TraitConnection', 'TraitEdge', 'EventFate', 'Query']
const PSEUDONYMS = ['user', 'device', 'address', 'event', 'session', 'ranked users']

it('every field that shows a personal value says of whom', () => {
  const silent = fields.filter(
    ({ type, field }) =>
      isPersonal(field) &&
      !PSEUDONYMS.includes(String(field.extensions['mask'])) &&
      !saysWhom(type) &&
      !OF_NOBODY.includes(type.name),
  )
  expect(silent.map(({ type, field }) => `${type.name}.${field.name}`)).toEqual([])
})

it('every argument by which a person is asked for says whom, and everything that is asked by persons has one', () => {
  const inputs: Extended[] = types.flatMap((type) =>
    isInputObjectType(type)
      ? Object.values(type.getFields())
      : isEnumType(type) || isInterfaceType(type)
        ? []
        : isObjectType(type)
          ? Object.values(type.getFields()).flatMap(({ args }): Extended[] => [...args])
          : [],
  )
  expect(inputs.filter((one) => isPersonal(one) && !saysWhom(one))).toEqual([])
  const asked = fields.filter(({ type, field }) => type.name === 'Query' && isPersonal(field))
  expect(asked.map(({ field }) => field.name).toSorted()).toEqual(['address', 'device', 'eventFate', 'user'])
  for (const { field } of asked) expect(field.args.some(saysWhom)).toBe(true)
  const called = /^(users|devices|addresses|eventIds|userId|deviceId|ip|eventId)$/
  expect(inputs.filter((one) => called.test(one.name) && !saysWhom(one))).toEqual([])
})

/** An API that records looks; `isTaken`: whether its audit takes them. Its other parts are away. */
function serveLooks(isTaken = true) {
  const looks: { viewer: Viewer; seen: Seen }[] = []
  const lookAudit: LookAudit = {
    record: (viewer, seen) => {
      looks.push({ viewer, seen })
      return Promise.resolve(isTaken)
    },
  }
  return { looks, ...serve({ identity: byRoles, lookAudit }) }
}

const pseudonym = createPseudonym('a key of tests')
const named = (...whom: string[]): Partial<AuditDetails['persons_read']> => ({ whom })

describe('what is asked by persons is a look, whatever comes of it', () => {
  const asked: [question: string, field: string, ...whom: [kind: PseudonymKind, value: string][]][] = [
    [
      'measures(filter: {users: ["ann", "bob"]}) { from }',
      'Query.measures(filter.users)',
      ['user', 'ann'],
      ['user', 'bob'],
    ],
    [
      'lineage(from: "2026-01-01", to: "2026-01-02", filter: {addresses: ["::FFFF:1.2.3.4"]}) { from }',
      'Query.lineage(filter.addresses)',
      ['address', '1.2.3.4'],
    ],
    [
      'attempts(filter: {eventIds: "e"}) { totalCount { value } }',
      'Query.attempts(filter.eventIds)',
      ['event', 'e'],
    ],
    ['attempts(filter: {devices: []}) { totalCount { value } }', 'Query.attempts(filter.devices)'],
    ['user(userId: "ann") { __typename }', 'Query.user(userId)', ['user', 'ann']],
    ['address(ip: " 1.2.3.4 ") { __typename }', 'Query.address(ip)', ['address', '1.2.3.4']],
    ['eventFate(eventId: "e") { __typename }', 'Query.eventFate(eventId)', ['event', 'e']],
    ['measures(groupBy: [LOCALE, USER], first: 5) { groupCount }', 'Query.measures(groupBy)'],
    [`node(id: ${JSON.stringify(encodeGlobalId('User', 1))}) { __typename }`, 'Query.node(id)'],
    [`nodes(ids: [${JSON.stringify(encodeGlobalId('Address', 1))}]) { __typename }`, 'Query.nodes(ids)'],
  ]
  it.each(asked)('%s', async (question, field, ...whom) => {
    const { ask, looks } = serveLooks()
    await ask(`{ ${question} }`, { ...as('analyst'), 'x-request-id': 'r-1' })
    expect(looks).toMatchObject([
      {
        viewer: { by: 'query', address: '127.0.0.1', requestId: 'r-1', actor: { subject: 'u-1' } },
        seen: { fields: { [field]: 1 }, ...named(...whom.map(([kind, value]) => pseudonym(kind, value))) },
      },
    ])
  })

  it('also in variables, in fragments and under other names', async () => {
    const { post, looks } = serveLooks()
    const query = `query ($f: AttemptFilter) { a: measures(filter: $f) { from } ...F }
      fragment F on Query { b: measures(filter: {devices: ["d"]}) { from } }`
    await post({ query, variables: { f: { users: 'ann' } } }, as('analyst'))
    expect(looks[0]?.seen).toMatchObject({
      fields: { 'Query.measures(filter.devices)': 1, 'Query.measures(filter.users)': 1 },
      ...named(pseudonym('user', 'ann'), pseudonym('device', 'd')),
    })
  })

  it('a header that names an event is one, before it is waited for', async () => {
    const { ask, looks } = serveLooks()
    await ask('{ measures { from } }', {
      ...as('analyst'),
      'x-rollcall-read-after': 'event:e-1',
      'x-rollcall-read-timeout-ms': '1',
    })
    expect(looks.map(({ seen }) => seen)).toMatchObject([
      { fields: { 'x-rollcall-read-after': 1 }, ...named(pseudonym('event', 'e-1')) },
    ])
  })
})

it('what tells nothing about anybody is no look, and what is refused is none', async () => {
  const { ask, looks } = serveLooks()
  await ask('{ measures(filter: {users: null}) { from } identity { name } }', as('analyst'))
  await ask('{ measures(filter: {users: ["ann"]}) { from } }', as('viewer'))
  await ask('{ node(id: "Ng") { __typename } }', as('viewer'))
  expect(looks).toEqual([])
})

describe('an answer that the audit does not take', () => {
  it('is refused, and says why', async () => {
    const { post } = serveLooks(false)
    const response = await post({ query: '{ user(userId: "ann") { id } identity { name } }' }, as('analyst'))
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await response.json()).toEqual({
      errors: [
        {
          message:
            'who looks at persons is audited here, and the audit cannot be written at the moment: ask again in a moment, or without persons',
          extensions: { code: 'AUDIT_UNAVAILABLE', retryAfterMs: 5_000 },
        },
      ],
    })
  })

  it('is given if it is about nobody', async () => {
    const { ask } = serveLooks(false)
    expect((await ask('{ identity { name } }', as('analyst'))).data).toEqual({ identity: { name: 'ann' } })
  })
})
