/** Regions of the US Census Bureau: https://www2.census.gov/geo/pdfs/maps-data/maps/reference/us_regdiv.pdf */
const statesOf = {
  northeast: 'CT ME MA NH RI VT NJ NY PA',
  midwest: 'IL IN MI OH WI IA KS MN MO NE ND SD',
  south: 'DE DC FL GA MD NC SC VA WV AL KY MS TN AR LA OK TX',
  west: 'AZ CO ID MT NV NM UT WY AK CA HI OR WA',
} as const

export type UsRegion = keyof typeof statesOf | 'other'

/** Locales that are in a region when read as states, and DC. */
export const usRegionLocales: ReadonlyMap<string, Exclude<UsRegion, 'other'>> = new Map(
  Object.entries(statesOf).flatMap(([region, states]) =>
    states
      .split(' ')
      .map((state): [string, Exclude<UsRegion, 'other'>] => [state, region as keyof typeof statesOf]),
  ),
)

/** `other`: no state, such as a territory, a country or a language. */
export const usRegionOf = (locale: string): UsRegion => usRegionLocales.get(locale) ?? 'other'
