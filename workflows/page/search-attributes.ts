import { defineSearchAttributeKey } from '@temporalio/common'
import type { searchAttributes } from '../contract.ts'

/** Longer values are cut here, before they meet the server's limit for keywords. */
export const KEYWORD_MAX_CHARACTERS = 200

type Name = keyof typeof searchAttributes

export const keyword = (name: Name) => defineSearchAttributeKey(name, 'KEYWORD')
export const int = (name: Name) => defineSearchAttributeKey(name, 'INT')
