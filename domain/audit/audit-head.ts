import { isJsonObject, parsedJson } from '../login/json-value.ts'
import { canonicalJson } from './canonical-json.ts'

/** A place in the chain: the event with this number has this hash, which stands for all events up to it. */
export type ChainPlace = { seq: number; hash: string }

/** What is said of a place in the chain, outside the database. */
export type AuditHead = ChainPlace & {
  /** ISO 8601. */
  at: string
}

/** A head as it is published; unsigned, keyId and signature are null. */
export type PublishedHead = AuditHead & {
  /** Of the public key that verifies the signature. */
  keyId: string | null
  /** Ed25519 of `signedText`, in base64. */
  signature: string | null
}

/** What a signature is for: that the chain has come to a place, or that it may begin after it. */
export type Signed = 'head' | 'checkpoint'

/** The text that a signature is over, in UTF-8. `type` keeps it from being taken for a signature of anything else. */
export const signedText = ({ at, hash, seq }: AuditHead, what: Signed): string =>
  canonicalJson({ at, hash, seq, type: `rollcall-audit-${what}` })

/** Reads a head as it is published. Null: the text is none. */
export function parseHead(text: string): PublishedHead | null {
  const value = parsedJson(text)
  if (!isJsonObject(value)) return null
  const { at, hash, seq, keyId, signature } = value
  if (typeof at !== 'string' || typeof hash !== 'string' || !Number.isSafeInteger(seq)) return null
  return { at, hash, seq: Number(seq), keyId: textOrNull(keyId), signature: textOrNull(signature) }
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
