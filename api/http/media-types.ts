/** What the API answers with; of equal ones the first. */
const MEDIA_TYPES = [
  'application/json',
  'application/graphql-response+json',
  'text/event-stream',
  'multipart/mixed',
  'text/html',
] as const
type MediaType = (typeof MEDIA_TYPES)[number]

/**
 * The media types that a client accepts, in the order of its weights; of equal ones the one that it names first. Empty: it
 * accepts none that there is. What is malformed, or in another charset than UTF-8, is ignored.
 * https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 * @param header Accept; null: the request has none, and takes any
 */
export function acceptedTypes(header: string | null): MediaType[] {
  const ranges = (header || '*/*').toLowerCase().split(',').flatMap(parseRange)
  const rangeOf = (type: MediaType) =>
    [type, `${type.split('/')[0]}/*`, '*/*'].flatMap(
      (name) => ranges.find((one) => one.name === name) ?? [],
    )[0]
  return MEDIA_TYPES.flatMap((type) => {
    const range = rangeOf(type)
    return range === undefined || range.weight === 0 ? [] : [{ ...range, type }]
  })
    .sort((a, b) => b.weight - a.weight || a.place - b.place)
    .map(({ type }) => type)
}

type MediaRange = { name: string; weight: number; place: number }

const TOKEN = "[!#$%&'*+.^_`|~\\w-]+"
const RANGE = new RegExp(`^\\s*(${TOKEN}/${TOKEN})\\s*((?:;[^;]*)*)$`)
const WEIGHT = /;\s*q=([^;]*)/
const WEIGHT_VALUE = /^(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*$/
const CHARSET = /;\s*charset="?([^";]*)/

function parseRange(text: string, place: number): MediaRange[] {
  const [, name, parameters = ''] = RANGE.exec(text) ?? []
  const weight = WEIGHT_VALUE.exec(WEIGHT.exec(parameters)?.[1] ?? '1')?.[1]
  const isUtf8 = (CHARSET.exec(parameters)?.[1]?.trim() ?? 'utf-8') === 'utf-8'
  return name === undefined || weight === undefined || !isUtf8
    ? []
    : [{ name, weight: Number(weight), place }]
}
