/**
 * Regions of the US Census Bureau:
 * https://www2.census.gov/geo/pdfs/maps-data/maps/reference/us_regdiv.pdf
 */
const statesOf = {
  northeast: 'CT ME MA NH RI VT NJ NY PA',
  midwest: 'IL IN MI OH WI IA KS MN MO NE ND SD',
  south: 'DE DC FL GA MD NC SC VA WV AL KY MS TN AR LA OK TX',
  west: 'AZ CO ID MT NV NM UT WY AK CA HI OR WA',
} as const

export type UsRegion = keyof typeof statesOf | 'other'

/** All regions. */
export const usRegions: readonly UsRegion[] = [
  ...(Object.keys(statesOf) as (keyof typeof statesOf)[]),
  'other',
]

/** Region of each locale that is one of the 50 states or DC. */
export const usRegionLocales: ReadonlyMap<string, Exclude<UsRegion, 'other'>> = new Map(
  Object.entries(statesOf).flatMap(([region, states]) =>
    states
      .split(' ')
      .map((state): [string, Exclude<UsRegion, 'other'>] => [state, region as keyof typeof statesOf]),
  ),
)

/**
 * Region of a locale. It is `other` if the locale is no state: a territory, a country or a language, for
 * example.
 */
export const usRegionOf = (locale: string): UsRegion => usRegionLocales.get(locale) ?? 'other'
