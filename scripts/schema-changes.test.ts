import { describe, expect, it, test } from 'vitest'
import { printedSchema } from '../api/schema/printed-schema.ts'
import { baselineRefusal, readReleasedSchema } from './released-schema.ts'
import { deprecationProblems, schemaChanges } from './schema-changes.ts'

const today = new Date().toISOString().slice(0, 10)

test('a document written for the released schema is still answered, but for what was deprecated until a day that is past', async () => {
  const { sdl } = await readReleasedSchema()
  const advice =
    'deprecate it instead (CONTRIBUTING.md, Change the GraphQL schema); before 1.0: npm run schema -- --baseline'
  expect(schemaChanges(sdl, printedSchema(), today).breaks, advice).toEqual([])
})

test('the released schema says of which version it is', async () => {
  const { version, sdl } = await readReleasedSchema()
  const next = { version: '99.0.0', sdl }
  expect(baselineRefusal({ version, sdl }, next, { breaks: ['a break'], additions: [] }, today)).toBeNull()
})

test('every deprecation names its day, which no release brings forward', async () => {
  expect(deprecationProblems((await readReleasedSchema()).sdl, printedSchema(), null)).toEqual([])
})

const deprecated = (day: string) => `@deprecated(reason: "Use devices. Removal on ${day}.")`

const released = `
  type Query {
    users(first: Int = 10, by: Order): [User!]!
    machines: [Machine!]! ${deprecated('2027-05-31')}
    hosts: [Host!]! ${deprecated('2027-06-02')}
    one: Node
    found: Found
  }
  interface Node { id: ID! }
  type User implements Node { id: ID! name: String! }
  type Machine implements Node { id: ID! }
  type Host implements Node { id: ID! }
  type Hidden implements Node { id: ID! }
  union Found = User | Host
  enum Order { NAME AGE ${deprecated('2027-05-31')} }
  input Filter { name: String, size: Int! = 5, age: Int ${deprecated('2027-05-31')} }
  type Mutation { clear(filter: Filter): Boolean }`

const changed = (...changes: [from: string, to: string][]) =>
  changes.reduce((sdl, [from, to]) => {
    expect(sdl).toContain(from)
    return sdl.replace(from, to)
  }, released)

const machines = `machines: [Machine!]! ${deprecated('2027-05-31')}`
const hosts = `hosts: [Host!]! ${deprecated('2027-06-02')}`

describe('on 1 June 2027', () => {
  const changes = (...some: [string, string][]) => schemaChanges(released, changed(...some), '2027-06-01')

  it('nothing differs of the same schema', () => {
    expect(changes()).toEqual({ breaks: [], additions: [] })
  })

  it.each<[what: string, change: [string, string][], message: RegExp]>([
    ['a field', [['name: String!', '']], /User.name was removed/],
    ['a field whose day is to come', [[hosts, '']], /Query.hosts was removed/],
    [
      'a type that only an interface leads to',
      [['type Hidden implements Node { id: ID! }', '']],
      /Hidden was removed/,
    ],
    [
      'a type that others lead to',
      [
        [machines, ''],
        ['Found = User | Host', 'Found = User'],
      ],
      /Host was removed from union/,
    ],
    ['a value of an enum', [['NAME', 'OTHER']], /NAME was removed from enum type Order/],
    ['an argument', [['first: Int = 10, ', '']], /Query.users arg first was removed/],
    ['what a field always has', [['name: String!', 'name: String']], /User.name changed type/],
    ['an argument that may be left out', [['by: Order', 'by: Order!']], /by has changed type/],
    [
      'an input without a new field',
      [['name: String, ', 'name: String, city: String!, ']],
      /city on input type Filter was added/,
    ],
    [
      'an answer without an argument',
      [['first: Int = 10', 'first: Int = 20']],
      /first has changed defaultValue/,
    ],
    [
      'an answer without a field of an input',
      [['size: Int! = 5', 'size: Int! = 6']],
      /Filter.size has changed its default/,
    ],
    [
      'an input of several fields',
      [['input Filter {', 'input Filter @oneOf {']],
      /Filter takes exactly one field/,
    ],
  ])('taking away %s is a break', (_, change, message) => {
    expect(changes(...change).breaks).toEqual(expect.arrayContaining([expect.stringMatching(message)]))
  })

  it.each<[what: string, change: [string, string][]]>([
    [
      'a field, with the type that only it led to',
      [
        [machines, ''],
        ['type Machine implements Node { id: ID! }', ''],
      ],
    ],
    ['a value of an enum', [[`AGE ${deprecated('2027-05-31')}`, '']]],
    ['a field of an input', [[`, age: Int ${deprecated('2027-05-31')}`, '']]],
  ])('%s that was deprecated until the day before may be gone', (_, change) => {
    expect(changes(...change)).toEqual({ breaks: [], additions: [] })
  })

  it('what is added is no break, and is told where clients may not expect it', () => {
    expect(changes(['NAME', 'NAME SIZE'], ['first: Int = 10', 'first: Int = 10, last: Int'])).toEqual({
      breaks: [],
      additions: [
        expect.stringMatching(/last on Query.users/),
        expect.stringMatching(/SIZE was added/),
      ] as unknown,
    })
    expect(changes(['name: String!', 'name: String! age: Int'])).toEqual({ breaks: [], additions: [] })
  })
})

describe('a deprecation', () => {
  const problems = (change: [string, string], releaseDay: string | null) =>
    deprecationProblems(released, changed(change), releaseDay)

  it('names its day', () => {
    expect(problems(['name: String!', 'name: String! @deprecated(reason: "Use id.")'], null)).toEqual([
      expect.stringMatching(/^User.name is deprecated without a day/),
    ])
    expect(problems(['name: String!', 'name: String! @deprecated'], null)).toHaveLength(1)
  })

  it('stays until the day that a release has said', () => {
    expect(problems(['2027-06-02', '2027-06-01'], null)).toEqual([
      'Query.hosts was to stay until 2027-06-02, not 2027-06-01',
    ])
    expect(problems(['2027-06-02', '2027-06-03'], '2027-06-01')).toEqual([])
  })

  it('is released six months ahead', () => {
    const name = (day: string): [string, string] => ['name: String!', `name: String! ${deprecated(day)}`]
    expect(problems(name('2027-06-30'), '2027-01-01')).toEqual([
      'User.name must stay until 2027-07-01 at least',
    ])
    expect(problems(name('2027-07-01'), '2027-01-01')).toEqual([])
    expect(problems(name('2027-01-02'), null)).toEqual([])
  })
})

describe('the schema becomes the released one', () => {
  const refusal = (from: string, to: string, breaks: string[], sdl = released) =>
    baselineRefusal(
      { version: from, sdl: released },
      { version: to, sdl },
      { breaks, additions: [] },
      '2027-01-01',
    )

  it.each([
    ['0.3.1', '0.4.0', ['a break']],
    ['0.4.0', '1.0.0', ['a break']],
    ['1.4.0', '2.0.0', ['a break']],
    ['1.4.0', '1.5.0', []],
  ])('from %s to %s with breaks %j', (from, to, breaks) => {
    expect(refusal(from, to, breaks)).toBeNull()
  })

  it('not in a minor version that breaks', () => {
    expect(refusal('1.4.0', '1.5.0', ['a break'])).toMatch(/1.5.0 may not break what 1.4.0 promised/)
  })

  it('not with a deprecation that comes too late', () => {
    const late = changed(['name: String!', `name: String! ${deprecated('2027-02-01')}`])
    expect(refusal('1.4.0', '1.5.0', [], late)).toMatch(/User.name must stay until 2027-07-01/)
  })
})
