/** The content codings of answers, the best first. */
const CODINGS = ['br', 'gzip', 'identity'] as const
export type Coding = (typeof CODINGS)[number]

/**
 * The content codings that a client accepts, in the order of its weights; of equal ones the best comes first.
 * Empty: it accepts none that there is. What is malformed is ignored.
 * @param header Accept-Encoding; null: the request has none, and is answered without a coding
 */
export function acceptedCodings(header: string | null): Coding[] {
  const weights = new Map((header ?? '').toLowerCase().split(',').flatMap(parseItem))
  const weightOf = (coding: Coding): number =>
    weights.get(coding) ?? weights.get('*') ?? (coding === 'identity' ? UNNAMED_IDENTITY : 0)
  return CODINGS.filter((coding) => weightOf(coding) > 0).sort((a, b) => weightOf(b) - weightOf(a))
}

/** Identity is acceptable unless it is excluded, but whoever names another coding wants that one. */
const UNNAMED_IDENTITY = 0.0001

/** https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 */
const ITEM = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/

function parseItem(item: string): [string, number][] {
  const [, coding, weight = '1'] = ITEM.exec(item) ?? []
  return coding === undefined ? [] : [[coding, Number(weight)]]
}
