import { defineSearchAttributeKey } from '@temporalio/common'
import type { searchAttributes } from '../contract.ts'

/** Keyword values are cut by the server's limit otherwise. */
export const KEYWORD_MAX_CHARACTERS = 200

type Name = keyof typeof searchAttributes

export const keyword = (name: Name) => defineSearchAttributeKey(name, 'KEYWORD')
export const int = (name: Name) => defineSearchAttributeKey(name, 'INT')
