import type { DeviceType, Login, Outcome } from '../login/login.ts'

/** All that is said of a dimension; tables, questions, GraphQL and benchmarks follow it. */
type Definition = {
  /** Its value of a login, always the same; '' is a value, too. */
  read: (login: Login) => string
  /** Made from fields of the login: table `login` has its column beside theirs. */
  isDerived: boolean
  /** As a sentence names it. */
  words: string
  /** What it says of a login. */
  about: string
  /** Its values in full, by what each means; null: any text. */
  values: { about: string; meanings: Readonly<Record<string, string>> } | null
  /** Users are known by its values at any age: 3 bitmaps more for each login. */
  isFacet: boolean
  /** Cohorts can be divided by it, which takes a facet. */
  dividesCohorts: boolean
  /** Profiles list its values. */
  isTrait: boolean
}

/**
 * What logins are counted by, named as the columns of all tables that have it. A new one comes last, with a migration that gives
 * it to the tables: the places of the others are stored (dimension_set, sighting_delta).
 */
const definitions = {
  device_type: {
    read: ({ deviceType }: Login) => deviceType,
    isDerived: false,
    words: 'device type',
    about: 'Device type: android, iOS or unknown.',
    values: {
      about: 'Kind of device that logged in.',
      meanings: {
        android: 'Android; stored as android.',
        iOS: 'iOS; stored as iOS.',
        unknown: 'Missing in the login, or none of the others.',
      } satisfies Record<DeviceType, string>,
    },
    isFacet: true,
    dividesCohorts: true,
    isTrait: true,
  },
  app_version: {
    read: ({ appVersion }: Login) => appVersion,
    isDerived: false,
    words: 'app version',
    about: 'Version of the app, as the login said it; unknown when it said none.',
    values: null,
    isFacet: true,
    dividesCohorts: true,
    isTrait: true,
  },
  locale: {
    read: ({ locale }: Login) => locale,
    isDerived: false,
    words: 'locale',
    about: 'Locale, two-letter codes in capitals; unknown when the login said none.',
    values: null,
    isFacet: true,
    dividesCohorts: false,
    isTrait: true,
  },
  outcome: {
    read: ({ outcome }: Login) => outcome,
    isDerived: false,
    words: 'outcome',
    about: 'Whether the login succeeded: success, failure, or unknown when the login did not say.',
    values: {
      about: 'How the login ended.',
      meanings: {
        success: 'The user was let in.',
        failure: 'The user was not let in.',
        unknown: 'The login did not say; most producers do not.',
      } satisfies Record<Outcome, string>,
    },
    isFacet: true,
    dividesCohorts: false,
    isTrait: false,
  },
} as const satisfies Record<string, Definition>

/** The column of a dimension. */
export type DimensionName = keyof typeof definitions
type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name
/** A value of it as a field of an object: deviceType. */
export type DimensionField = Camel<DimensionName>
/** Several values of it: deviceTypes. */
export type DimensionList = `${DimensionField}s`

export type Dimension = Definition & {
  name: DimensionName
  field: DimensionField
  list: DimensionList
  /** Column of an array of its values. */
  arrayColumn: `${DimensionName}s`
}

const camel = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())

export const dimensionNames = Object.keys(definitions) as DimensionName[]

export const dimensions: readonly Dimension[] = dimensionNames.map((name) => {
  const field = camel(name) as DimensionField
  return { ...definitions[name], name, field, list: `${field}s`, arrayColumn: `${name}s` }
})

/** The columns of tables that have an array of values of each, in their order. */
export const arrayColumns = dimensions.map(({ arrayColumn }) => arrayColumn).join(', ')

/** Those by whose values users are known. */
export const facets = dimensions.filter(({ isFacet }) => isFacet)

/** Something of each dimension, by the name of its field. */
export const byField = <T>(of: (dimension: Dimension, place: number) => T): Record<DimensionField, T> =>
  Object.fromEntries(dimensions.map((dimension, place) => [dimension.field, of(dimension, place)])) as Record<
    DimensionField,
    T
  >

/** Something of each dimension, by the name of its list. */
export const byList = <T>(of: (dimension: Dimension) => T): Record<DimensionList, T> =>
  Object.fromEntries(dimensions.map((dimension) => [dimension.list, of(dimension)])) as Record<
    DimensionList,
    T
  >
