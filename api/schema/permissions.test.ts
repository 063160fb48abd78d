import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isNonNullType,
  isListType,
  isObjectType,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { isPermission, isPermitted, type Permission, permissions } from '../../domain/access/permission.ts'
import { type Role, roles } from '../../domain/access/role.ts'
import { encodeGlobalId } from '../context/global-id.ts'
import { as, byRoles } from '../identity/roles-fixture.ts'
import { serve } from '../server-fixture.ts'
import { schema } from './schema.ts'

const objects = Object.values(schema.getTypeMap()).filter(
  (type) => isObjectType(type) && !type.name.startsWith('__'),
)
const fields = objects.flatMap((type) =>
  isObjectType(type)
    ? Object.values(type.getFields()).map((field) => ({ at: `${type.name}.${field.name}`, type, field }))
    : [],
)
type Named = { name: string; extensions: Readonly<Record<string, unknown>> }
const permissionOf = ({ extensions }: { extensions: Readonly<Record<string, unknown>> }) =>
  extensions['permission'] as Permission
const fieldsOf = (type: 'Query' | 'Mutation') => fields.filter(({ at }) => at.startsWith(`${type}.`))
const codesIn = (answer: { errors?: { extensions?: Record<string, unknown> }[] }) =>
  (answer.errors ?? []).map(({ extensions }) => extensions?.['code'])

/** A value that an argument of this type takes. */
function valueOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return valueOf(type.ofType)
  if (isListType(type)) return `[${valueOf(type.ofType)}]`
  if (isEnumType(type)) return type.getValues()[0]?.name ?? ''
  if (isInputObjectType(type)) {
    const inner = Object.values(type.getFields())
    const needed = type.isOneOf ? inner.slice(0, 1) : inner.filter(({ type: one }) => isNonNullType(one))
    return `{${needed.map((one) => `${one.name}: ${valueOf(one.type)}`).join(', ')}}`
  }
  return (
    { Int: '1', Boolean: 'true', Offset: '"1"', DateTime: '"2026-01-01T00:00:00Z"', Moment: '"2026-01-01"' }[
      getNamedType(type).name
    ] ?? '"x"'
  )
}

const argsOf = (args: readonly GraphQLArgument[]) => {
  const needed = args.filter(({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined)
  return needed.length === 0 ? '' : `(${needed.map((arg) => `${arg.name}: ${valueOf(arg.type)}`).join(', ')})`
}

/** A question with a field and the least that may be asked of it. */
const documentOf = ({ name, args, type }: GraphQLField<unknown, unknown>) =>
  `${name}${argsOf(args)}${isLeafType(getNamedType(type)) ? '' : ' { __typename }'}`

it('every field has a permission', () => {
  expect(fields.filter(({ field }) => !isPermission(permissionOf(field))).map(({ at }) => at)).toEqual([])
})

it('every permission is somebody’s, and everybody with a role has the one that nothing checks', () => {
  for (const { roles: permitted } of Object.values(permissions)) expect(permitted.length).toBeGreaterThan(0)
  expect(permissions.figures.roles).toEqual(roles)
})

it('every command needs the permission for commands or that for tokens, and no question has the first', () => {
  const commanding = fields.filter(({ field }) => permissionOf(field) === 'commands').map(({ at }) => at)
  const managing = ['Mutation.createServiceToken', 'Mutation.revokeServiceToken']
  const commands = fieldsOf('Mutation').map(({ at }) => at)
  expect(commanding).toEqual(commands.filter((at) => !managing.includes(at)))
  const ofTokens = fields.filter(({ field }) => permissionOf(field) === 'tokens').map(({ at }) => at)
  expect(ofTokens).toEqual(expect.arrayContaining([...managing, 'Query.serviceTokens']))
})

it('whatever is called as personal values are is for those who may see persons', () => {
  const personal =
    /^(userId|deviceId|ip|eventId|sessionId|failureReason|extra|detail|(key|value)(Base64|Text|Sha256)|topUsers)$/
  const named = fields.filter(
    ({ at, field }) => personal.test(field.name) && !/^(AuditEvent|ControlEvent|Discrepancy)\./.test(at),
  )
  expect(named.length).toBeGreaterThan(15)
  expect(named.filter(({ field }) => permissionOf(field) !== 'persons').map(({ at }) => at)).toEqual([])
})

it('a list of persons, or a filter or group by them, is for those who may see persons', () => {
  const inputs = Object.values(schema.getTypeMap()).flatMap((type): readonly Named[] =>
    isInputObjectType(type) ? Object.values(type.getFields()) : isEnumType(type) ? type.getValues() : [],
  )
  const names = /^(users|devices|addresses|eventIds|USER|DEVICE|ADDRESS)$/
  const named = inputs.filter(({ name }) => names.test(name))
  expect(named).toHaveLength(10)
  expect(named.filter((one) => permissionOf(one) !== 'persons')).toEqual([])
})

describe.each(roles.map((role) => [role]))('%s', (role: Role) => {
  const { ask } = serve({ identity: byRoles })

  it.each(
    [...fieldsOf('Query'), ...fieldsOf('Mutation')].map(({ at, type, field }) => [at, type, field] as const),
  )('gets what its permission says: %s', async (_, type, field) => {
    const kind = type.name === 'Mutation' ? 'mutation' : 'query'
    const answer = await ask(`${kind} { ${documentOf(field)} }`, as(role))
    expect(codesIn(answer).includes('FORBIDDEN')).toBe(!isPermitted([role], permissionOf(field)))
  })
})

describe('a role that may not see persons', () => {
  const hash = 'abc'
  const QUESTION = 'measures(groupBy: [USER], first: 5) { groups { values } }'
  const { ask, post, server } = serve({
    identity: byRoles,
    documents: { byHash: new Map([[hash, `{ ${QUESTION} }`]]), only: false },
  })
  const FILTERS = [
    ['filter.users', 'measures(filter: {users: ["x"]}) { from }'],
    ['filter.devices', 'measures(filter: {devices: []}) { from }'],
    [
      'filter.addresses',
      'lineage(from: "2026-01-01", to: "2026-01-02", filter: {addresses: ["1.2.3.4"]}) { from }',
    ],
    ['filter.users', 'explainDifference(earlier: {at: "2026-01-01"}, filter: {users: ["x"]}) { from }'],
    ['filter.eventIds', 'attempts(filter: {eventIds: ["x"]}) { totalCount { value } }'],
    ['filter.users', 'attempts(filter: {users: ["x"]}) { totalCount { value } }'],
    ['filter.addresses', 'attempts(filter: {addresses: ["no address"]}) { pageInfo { endCursor } }'],
    ['filter.errorContains', 'batches(filter: {errorContains: "x"}) { totalCount { value } }'],
    ['groupBy[0]', QUESTION],
    ['groupBy[1]', 'measures(groupBy: [LOCALE, ADDRESS], first: 5) { groupCount }'],
    ['groupBy[0]', 'retention(groupBy: [DEVICE]) { from }'],
  ] as const

  it.each(FILTERS)('cannot use %s in %s', async (argument, question) => {
    for (const role of ['viewer', 'admin'] as const) {
      const { errors } = await ask(`{ ${question} }`, as(role))
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', argument } }])
    }
  })

  it('cannot smuggle them in by variables, in fragments, or under another name', async () => {
    const query = `query ($f: AttemptFilter, $g: [Dimension!]!, $one: Dimension!) {
      a: measures(filter: $f) { from } b: measures(groupBy: $g, first: 1) { from }
      ... on Query { ...f } }
      fragment f on Query { c: measures(groupBy: [LOCALE, $one], first: 1) { from } }`
    const variables = { f: { users: 'x' }, g: ['USER'], one: 'DEVICE' }
    const response = await post({ query, variables }, as('viewer'))
    const answer = (await response.json()) as { data: unknown }
    expect(codesIn(answer as never)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'])
    expect(answer.data).toEqual({ a: null, b: null, c: null })
  })

  it('may leave them out, and pass null', async () => {
    const answer = await ask(
      '{ measures(filter: {users: null, locale: {in: ["TX"]}}) { from } }',
      as('viewer'),
    )
    expect(codesIn(answer)).toEqual(['DATABASE_UNAVAILABLE'])
  })

  it('is refused by GET and by a persisted document, too', async () => {
    const url = `http://api/graphql?query=${encodeURIComponent(`{ ${QUESTION} }`)}`
    const byGet: unknown = await (await server.fetch(url, { headers: as('viewer') })).json()
    const persisted: unknown = await (await post({ documentId: hash }, as('viewer'))).json()
    for (const answer of [byGet, persisted]) expect(codesIn(answer as never)).toEqual(['FORBIDDEN'])
  })

  it.each(['User', 'Device', 'Address'])('cannot ask for a %s by its global id', async (name) => {
    const id = JSON.stringify(encodeGlobalId(name, 1))
    for (const question of [`node(id: ${id}) { __typename }`, `nodes(ids: [${id}]) { id }`])
      expect(codesIn(await ask(`{ ${question} }`, as('viewer', 'operator', 'auditor')))).toEqual([
        'FORBIDDEN',
      ])
  })

  it('cannot wait for an event by its id', async () => {
    const headers = { ...as('viewer'), 'x-rollcall-read-after': 'event:e-1' }
    const response = await post({ query: '{ __typename }' }, headers)
    expect([response.status, codesIn((await response.json()) as never)]).toEqual([403, ['FORBIDDEN']])
  })

  it('is told which role to ask for', async () => {
    const [told] = (await ask('{ user(userId: "x") { id } }', as('viewer'))).errors ?? []
    expect(told?.message).toBe(
      'Query.user needs the role analyst: ask who runs this API for it, or leave it out',
    )
  })
})

it('who asks sees their roles', async () => {
  const { ask } = serve({ identity: byRoles })
  const question = '{ identity { name subject issuer roles isLocalMode validUntil } }'
  expect((await ask(question, as('viewer', 'auditor'))).data?.['identity']).toEqual({
    ...{ name: 'ann', subject: 'u-1', issuer: 'https://idp', roles: ['VIEWER', 'AUDITOR'] },
    ...{ isLocalMode: false, validUntil: null },
  })
  expect((await serve().ask(question)).data?.['identity']).toMatchObject({ isLocalMode: true, issuer: null })
})
