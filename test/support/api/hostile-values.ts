import {
  getNullableType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'

/** Of lists, as they are made, but with keys that no row has. */
const cursors = [
  'batches|2026-03-01 00:00:00+00|1',
  'batches|0000-01-01 00:00:00+00|1',
  'logins|2026-03-01 00:00:00+00|999999999999999999|1|1',
].map((cursor) => Buffer.from(cursor).toString('base64url'))
const texts = [
  '',
  ' ',
  'x'.repeat(250),
  'x'.repeat(40_000),
  'x'.repeat(200_000),
  'a\0b',
  'a\ud800b',
  'a\u0007\u001b[31mb',
  'line\nline',
  '\u202eabc\u200f',
  '👩‍👩‍👧😀',
  "'; drop table login; --",
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  '../../../..',
  '%%%%%%%%%%',
  '\\',
  ...cursors,
]
const wholeNumbers = [0, -1, 1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 53, 1e308, 0.5, 'NaN', true]
const offsets = [
  '0',
  '-1',
  String(2n ** 63n - 1n),
  String(2n ** 63n),
  '9'.repeat(40),
  '1e3',
  '',
  'x\0',
  2 ** 53,
  -1,
]
const moments = [
  '0001-01-01T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:00Z',
  '9999-12-31T23:59:59.999Z',
  '+275760-09-13T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  '1969-12-31T23:59:00Z',
  '2026-02-30T00:00:00Z',
  '2026-03-29T02:30:00+99:99',
  '',
  '\0',
  0,
]
const dates = ['0001-01-01', '0000-01-01', '9999-12-31', '2026-02-30', '2026-2-1', '+2026-02-01']
const values: Record<string, unknown[]> = {
  String: texts,
  ID: texts,
  Int: wholeNumbers,
  Float: wholeNumbers,
  BigInt: wholeNumbers,
  Offset: offsets,
  DateTime: moments,
  Date: [...moments, ...dates],
  Moment: [...moments, ...dates],
  Boolean: ['x', 0],
}

/** What a required argument is where another one is hostile. */
const sound: Record<string, unknown> = {
  String: 'x',
  ID: '00000000-0000-4000-8000-000000000000',
  Int: 0,
  Offset: '1',
  DateTime: '2026-03-01T00:00:00Z',
  Date: '2026-03-01',
  Moment: '2026-03-01',
  Boolean: true,
}

type Argument = GraphQLArgument | GraphQLInputField
type Leaf = { path: string[]; value: unknown; leaf: unknown }

/** What the required arguments are while another one is hostile. */
export const soundOf = (args: readonly Argument[]): Record<string, unknown> =>
  Object.fromEntries(
    args
      .filter(({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined)
      .map(({ name, type }) => [name, soundValue(type)]),
  )

function soundValue(type: GraphQLInputType): unknown {
  const nullable = getNullableType(type)
  if (isListType(nullable)) return [soundValue(nullable.ofType)]
  if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields())
    const one = nullable.isOneOf ? fields[0] : undefined
    return one === undefined ? soundOf(fields) : { [one.name]: soundValue(one.type) }
  }
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name
  return sound[nullable.name]
}

/** Hostile values of an argument: of each leaf of what it takes. */
export function leavesOf({ type }: Argument, path: string[]): Leaf[] {
  const nullable = getNullableType(type)
  if (isListType(nullable)) {
    const inner = nullable.ofType
    const many = Array.from({ length: 20_000 }, () => soundValue(inner))
    return [
      { path, value: [], leaf: [] },
      { path, value: many, leaf: many.slice(0, 9) },
      ...leavesOf({ type: inner } as Argument, path).map((leaf) => ({ ...leaf, value: [leaf.value] })),
    ]
  }
  if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields())
    return fields.flatMap((field) =>
      leavesOf(field, [...path, field.name]).map((leaf) => ({
        ...leaf,
        value: { ...soundOf(fields), [field.name]: leaf.value },
      })),
    )
  }
  return (values[nullable.name] ?? ['NO_SUCH_VALUE', '__proto__', 0]).map((value) => ({
    path,
    value,
    leaf: value,
  }))
}
