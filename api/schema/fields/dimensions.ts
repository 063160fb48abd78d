import { type Dimension, type DimensionName, dimensions } from '../../../domain/counts/dimensions.ts'
import type { UsRegion } from '../../../domain/fields/us-region.ts'
import type { GroupName } from '../../../domain/counts/series.ts'
import { builder } from '../builder.ts'
import { capitalised, capitals } from './enum-values.ts'

/** The words for a dimension with a capital first letter, such as 'Device type'. */
export const titleOf = ({ words }: Dimension): string => capitalised(words)

const enumOf = (field: string, { about, meanings }: NonNullable<Dimension['values']>) =>
  builder.enumType(capitalised(field), { description: about, values: capitals(meanings) })

const enums: Partial<Record<DimensionName, ReturnType<typeof enumOf>>> = Object.fromEntries(
  dimensions.flatMap(({ name, field, values }) => (values === null ? [] : [[name, enumOf(field, values)]])),
)

/** The GraphQL type of a dimension: an enum if all values are known, otherwise String. */
export const typeOf = ({ name }: Dimension) => enums[name] ?? 'String'

export const UsRegionEnum = builder.enumType('UsRegion', {
  description:
    'Region of the US by the Census Bureau; a locale that is also a country (CA, DE, IN) is read as the state.',
  values: capitals<UsRegion>({
    northeast: 'CT ME MA NH RI VT NJ NY PA.',
    midwest: 'IL IN MI OH WI IA KS MN MO NE ND SD.',
    south: 'DE DC FL GA MD NC SC VA WV AL KY MS TN AR LA OK TX.',
    west: 'AZ CO ID MT NV NM UT WY AK CA HI OR WA.',
    other: 'No state: a territory, a country, a language, unknown.',
  }),
})

const byName = <T>(some: readonly Dimension[], of: (dimension: Dimension) => T) =>
  Object.fromEntries(some.map((dimension) => [dimension.name, of(dimension)])) as Record<DimensionName, T>

export const DimensionEnum = builder.enumType('Dimension', {
  description: 'What logins are counted by.',
  values: capitals<GroupName>({
    ...byName(dimensions, ({ about }) => about),
    us_region:
      'Region of the US (Census Bureau) that the locale is in, read as a state; other when it is none.',
  }),
})

export const CohortByEnum = builder.enumType('CohortBy', {
  description: 'What cohorts are divided by.',
  values: capitals<DimensionName | 'none'>({
    none: 'All users whose first day lies in the period are one cohort.',
    ...byName(
      dimensions.filter(({ dividesCohorts }) => dividesCohorts),
      ({ words }) =>
        `By each ${words} of their logins on their first day; a user with two is in both cohorts.`,
    ),
  }),
})
