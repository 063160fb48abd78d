import { readFileSync } from 'node:fs'

/** The fenced blocks of a page of Markdown in one language, in order; those inside of lists, too. */
export function blocksOf(page: string, language: 'graphql' | 'sh'): string[] {
  const text = readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8')
  return [...text.matchAll(/^ *```(\w+)\n(.*?)^ *```$/gms)]
    .filter(([, found]) => found === language)
    .map(([, , block]) => block ?? '')
}

export const pages = ['README.md', 'docs/runbook.md', 'docs/analytics.md']
