import { fileURLToPath } from 'node:url'
import { parse, print } from 'graphql'
import { format, resolveConfig } from 'prettier'
import { expect, test } from 'vitest'
import { asQuery } from '../../api/live/as-query.ts'
import { logOf } from '../../domain/pipeline/partition-log-fixture.ts'
import type { PartitionStatus } from '../../workflows/contract.ts'
import { blocksOf, textOf } from '../support/api/document-blocks.ts'
import { ASKED_AT, insertHistory, offsetsOfHistory } from '../support/api/documented-history.ts'
import { useApi } from '../support/api/use-api.ts'

const PAGE = 'docs/analytics.md'
const file = fileURLToPath(new URL(`../../${PAGE}`, import.meta.url))

const running: PartitionStatus = {
  ...{ partition: 0, state: 'running', nextOffset: null, lag: null, reason: '' },
  since: ASKED_AT,
}

const { ask } = useApi(insertHistory, {
  kafka: () => ({ ok: true, bounds: [logOf(0, 0, offsetsOfHistory)] }),
  workflowStatus: () => Promise.resolve({ known: true, partitions: [running] }),
  clock: () => Date.parse(ASKED_AT),
})

/** A question, its variables if it has any, and its answer, right behind each other. */
const QUESTION =
  /(?<asked>```graphql\n(?<question>[^`]*)```\n\n(?:With the variables\n\n```json\n(?<variables>[^`]*)```\n\n)?)```json\n[^`]*```/g

test('every question of the page has an answer', () => {
  const answered = [...textOf(PAGE).matchAll(QUESTION)].map((match) => match.groups?.['question'])
  expect(answered).toEqual(blocksOf(PAGE, 'graphql'))
})

test('the answers are those of a history that is always the same (with -u they are written anew)', async () => {
  const page = textOf(PAGE)
  let [text, end] = ['', 0]
  for (const match of page.matchAll(QUESTION)) {
    const { asked = '', question = '', variables = '{}' } = match.groups ?? {}
    const answer = await ask(print(asQuery(parse(question))), JSON.parse(variables) as object)
    expect(answer.errors, question).toBeUndefined()
    text += `${page.slice(end, match.index)}${asked}\`\`\`json\n${JSON.stringify(answer)}\n\`\`\``
    end = match.index + match[0].length
  }
  const whole = text + page.slice(end)
  const formatted = await format(whole, { ...(await resolveConfig(file)), filepath: file })
  await expect(formatted).toMatchFileSnapshot(file)
})
