import type { LocaleKind } from '../login/login.ts'

/**
 * Kind of each upper-case two-letter code that is a US state, district or territory, or an ISO 3166-1
 * country.
 */
const kinds = new Map<string, LocaleKind>()

// USPS codes: the states, DC, and the territories.
const usStates =
  'AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR ' +
  'PA RI SC SD TN TX UT VT VA WA WV WI WY DC AS GU MP PR VI'

// ISO 3166-1 alpha-2, officially assigned.
const isoCountries =
  'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ ' +
  'CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR ' +
  'GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO ' +
  'JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR ' +
  'MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO ' +
  'RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV ' +
  'TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW'

for (const state of usStates.split(' ')) kinds.set(state, 'us_state')
for (const country of isoCountries.split(' ')) {
  kinds.set(country, kinds.has(country) ? 'ambiguous' : 'iso_country')
}

/** Returns two ASCII letters in upper case, and every other locale unchanged. */
export function normaliseLocale(locale: string): string {
  if (kinds.has(locale)) return locale
  return /^[a-z]{2}$/i.test(locale) ? locale.toUpperCase() : locale
}

/**
 * Tells what a normalised locale can mean. A code that is both a US state and a country (`IN`, `DE`, `CA`) is
 * `ambiguous`, never guessed; so are the territories that have a country code of their own (`PR`). Only
 * two-letter codes are classified: `en-US` is `other`.
 */
export function localeKind(locale: string): LocaleKind {
  return kinds.get(locale) ?? 'other'
}
