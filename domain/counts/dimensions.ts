import type { DeviceType, Login, Outcome } from '../login/login.ts'

/** Everything Rollcall knows of a dimension. Tables, questions, GraphQL and benchmarks derive from it. */
type Definition = {
  /**
   * Reads the dimension's value of a login, always the same for the same login. The empty string is a value,
   * too.
   */
  read: (login: Login) => string
  /**
   * Whether the value is computed from other fields of a login. If so, table `login` has a column for it
   * besides theirs.
   */
  isDerived: boolean
  /** The dimension's name within a sentence. */
  words: string
  /** What the dimension says of a login. */
  about: string
  /** The complete list of values with their meanings; null if any text is a value. */
  values: { about: string; meanings: Readonly<Record<string, string>> } | null
  /**
   * Whether Rollcall keeps the users of each value for all time. That takes 3 more bitmap entries for each
   * login.
   */
  isFacet: boolean
  /** Whether user profiles list its values. */
  isTrait: boolean
}

/**
 * The dimensions by which logins are counted, named like their columns. Add a new one at the end, with a
 * migration that adds its columns: tables store the positions of the others (dimension_set, sighting_delta).
 */
const definitions = {
  device_type: {
    read: ({ deviceType }: Login) => deviceType,
    isDerived: false,
    words: 'device type',
    about: 'Device type: ANDROID, IOS or UNKNOWN.',
    values: {
      about: 'Kind of device.',
      meanings: {
        android: 'Android; `android` in messages.',
        iOS: 'iOS; `iOS` in messages.',
        unknown: 'Missing in the message, or none of the others.',
      } satisfies Record<DeviceType, string>,
    },
    isFacet: true,
    isTrait: true,
  },
  app_version: {
    read: ({ appVersion }: Login) => appVersion,
    isDerived: false,
    words: 'app version',
    about: 'Version of the app, as the producer said it, such as 2.3.0; unknown when it said none.',
    values: null,
    isFacet: true,
    isTrait: true,
  },
  locale: {
    read: ({ locale }: Login) => locale,
    isDerived: false,
    words: 'locale',
    about: 'Locale, two-letter codes in capitals, such as RI; unknown when the producer said none.',
    values: null,
    isFacet: true,
    isTrait: true,
  },
  outcome: {
    read: ({ outcome }: Login) => outcome,
    isDerived: false,
    words: 'outcome',
    about: 'How the attempt ended: SUCCESS, FAILURE, or UNKNOWN when the producer said neither.',
    values: {
      about: 'How an attempt ended.',
      meanings: {
        success: 'The user was let in.',
        failure: 'The user was not let in.',
        unknown:
          'The producer did not say, or in words that are not understood (ingestion.unknownOutcomes). Counts as a login.',
      } satisfies Record<Outcome, string>,
    },
    isFacet: true,
    isTrait: false,
  },
} as const satisfies Record<string, Definition>

/** Name of a dimension and of its column. */
export type DimensionName = keyof typeof definitions
type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name
/** Name of a field with one value of a dimension: deviceType. */
export type DimensionField = Camel<DimensionName>
/** Name of a field with several values of a dimension: deviceTypes. */
export type DimensionList = `${DimensionField}s`

export type Dimension = Definition & {
  name: DimensionName
  field: DimensionField
  list: DimensionList
  /** Name of the column with an array of its values. */
  arrayColumn: `${DimensionName}s`
}

/** What counts can be grouped by. The US region is derived from the locale. */
export type GroupName = DimensionName | 'us_region'

export const dimensionOf = (name: GroupName): DimensionName => (name === 'us_region' ? 'locale' : name)

/** The field of a column, or of a name that is written like one: `us_region` is `usRegion`. */
export const camel = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())

export const dimensionNames = Object.keys(definitions) as DimensionName[]

export const dimensions: readonly Dimension[] = dimensionNames.map((name) => {
  const field = camel(name) as DimensionField
  return { ...definitions[name], name, field, list: `${field}s`, arrayColumn: `${name}s` }
})

/** The array columns of all dimensions, in order, as SQL lists them. */
export const arrayColumns = dimensions.map(({ arrayColumn }) => arrayColumn).join(', ')

/** The dimensions whose values are no closed list. */
export const openDimensions = dimensions.filter(({ values }) => values === null)

/** The dimensions for whose values Rollcall keeps the users. */
export const facets = dimensions.filter(({ isFacet }) => isFacet)

/** Makes an object with a value for each dimension, by the name of its field. */
export const byField = <T>(of: (dimension: Dimension, place: number) => T): Record<DimensionField, T> =>
  Object.fromEntries(dimensions.map((dimension, place) => [dimension.field, of(dimension, place)])) as Record<
    DimensionField,
    T
  >

/** Makes an object with a value for each dimension, by the name of its list. */
export const byList = <T>(of: (dimension: Dimension) => T): Record<DimensionList, T> =>
  Object.fromEntries(dimensions.map((dimension) => [dimension.list, of(dimension)])) as Record<
    DimensionList,
    T
  >
