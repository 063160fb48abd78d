import { type Dimension, type DimensionName, dimensions } from '../../../domain/counts/dimensions.ts'
import type { GroupDimension } from '../../../domain/measures/group-dimension.ts'
import { needs } from '../../context/permission.ts'
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

const byName = <T>(some: readonly Dimension[], of: (dimension: Dimension) => T) =>
  Object.fromEntries(some.map((dimension) => [dimension.name, of(dimension)])) as Record<DimensionName, T>

/** Ranks by these list persons. */
const withPersons = <T extends Record<'USER' | 'DEVICE' | 'ADDRESS', object>>(values: T): T => {
  const { USER, DEVICE, ADDRESS } = values
  const extensions = needs('persons')
  return {
    ...values,
    ...{ USER: { ...USER, extensions }, DEVICE: { ...DEVICE, extensions } },
    ADDRESS: { ...ADDRESS, extensions },
  }
}

export const DimensionEnum = builder.enumType('Dimension', {
  description: 'What attempts are grouped by.',
  values: withPersons(
    capitals<GroupDimension>({
      ...byName(dimensions, ({ about }) => about),
      us_region:
        'Region of the US (Census Bureau) that the locale is in, read as a state: NORTHEAST, MIDWEST, SOUTH, WEST, or OTHER when it is none.',
      weekday:
        'Day of the week by the clock of `timeZone`: MONDAY to SUNDAY. Only in `measures`: for what adds up, such as logins, for failureRate, and for SET_RETENTION_DAYS for users, devices and addresses.',
      hour_of_day:
        'Hour of the day by the clock of `timeZone`: 00 to 23. Only in `measures`: for what adds up, such as logins, for failureRate, and for SET_RETENTION_DAYS for users, devices and addresses.',
      user: 'User, by id; for SET_RETENTION_DAYS. Only in `measures`, with `first`; not together with WEEKDAY or HOUR_OF_DAY.',
      device: 'Device, by id; where USER is possible.',
      address: 'IP address in its normal form; where USER is possible.',
    }),
  ),
})
