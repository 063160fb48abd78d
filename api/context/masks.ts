import { createHmac } from 'node:crypto'

/** Of what kind a value is that takes a pseudonym. Equal values of a kind have equal pseudonyms. */
export const pseudonymKinds = ['user', 'device', 'address', 'event', 'session', 'actor'] as const
export type PseudonymKind = (typeof pseudonymKinds)[number]

export const isPseudonymKind = (text: unknown): text is PseudonymKind =>
  (pseudonymKinds as readonly unknown[]).includes(text)

export type Pseudonym = (kind: PseudonymKind, value: string) => string

/** 64 bits: of ten million values, two have the same with a chance of one in 400,000. */
const HEX_DIGITS = 16

/**
 * Pseudonyms of personal values, for roles that may not see them: always the same, and without the key nobody
 * can find out whose they are, not even by trying every IP address.
 */
export const createPseudonym =
  (key: string | Buffer): Pseudonym =>
  (kind, value) =>
    `${kind}-${createHmac('sha256', key).update(`${kind}\0${value}`).digest('hex').slice(0, HEX_DIGITS)}`

/** Stands for a text that a role may not read. */
export const HIDDEN_TEXT = 'hidden'
