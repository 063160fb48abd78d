import { byField, type Dimension } from '../../../domain/counts/dimensions.ts'
import { limits } from '../../context/limits.ts'
import { named, needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'

const VersionFilter = builder.inputType('VersionFilter', {
  description: 'Which app versions count; all conditions that are given must hold.',
  fields: (t) => ({
    in: t.stringList({
      description: 'One of these, exactly as answers have them. An empty list matches nothing.',
    }),
    notIn: t.stringList({ description: 'None of these.' }),
    startsWith: t.string({ description: 'Versions that begin with this text. Example: "2.".' }),
    range: t.string({
      description:
        'A range of versions as node-semver reads it, pre-releases included; 2.10 is 2.10.0, and what is no version matches no range. ' +
        `At most ${limits.comparators} comparators. Examples: ">=2.3 <3", "<2.10.0", "~2.3 || 3.x".`,
    }),
  }),
})

const TextFilter = builder.inputType('TextFilter', {
  description:
    'Which values of a dimension count; all conditions that are given must hold. Upper and lower case are the same where values are ' +
    'normalised: in lists of device types, regions, outcomes and two-letter locales, and in `startsWith`. A value that was never ' +
    'counted matches nothing; the answer says so in `extensions.warnings`.',
  fields: (t) => ({
    in: t.stringList({ description: 'One of these. An empty list matches nothing. Example: ["TX", "ca"].' }),
    notIn: t.stringList({ description: 'None of these.' }),
    startsWith: t.string({ description: 'Values that begin with this text. Example: "en-".' }),
  }),
})

const typeOf = ({ name }: Dimension) => (name === 'app_version' ? VersionFilter : TextFilter)

type Fields = Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0]

/** The conditions on dimensions of filters of attempts. */
export const dimensionConditions = (t: Fields) => ({
  ...byField((dimension) => t.field({ type: typeOf(dimension), description: `By ${dimension.words}.` })),
  usRegion: t.field({ type: TextFilter, description: 'By region of the US.' }),
})

export const AttemptFilterInput = builder.inputType('AttemptFilter', {
  description:
    'Which attempts count; all conditions must hold. Example: {locale: {in: ["TX"]}, deviceType: {notIn: ["IOS"]}, appVersion: {range: "<2.10"}}.',
  fields: (t) => ({
    ...dimensionConditions(t),
    users: t.stringList({
      extensions: { ...needs('persons'), ...named('user') },
      description: `Only attempts of these users, ${limits.listed} at most; for SET_RETENTION_DAYS.`,
    }),
    devices: t.stringList({
      extensions: { ...needs('persons'), ...named('device') },
      description: `Only attempts from these devices, ${limits.listed} at most; for SET_RETENTION_DAYS.`,
    }),
    addresses: t.stringList({
      extensions: { ...needs('persons'), ...named('address') },
      description: `Only attempts from these IP addresses, in any form, and from networks (CIDR), ${limits.listed} at most; for SET_RETENTION_DAYS. Example: ["203.0.113.0/24", "2001:db8::1"].`,
    }),
  }),
})
