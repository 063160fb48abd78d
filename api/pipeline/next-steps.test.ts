import { readFileSync } from 'node:fs'
import { isEnumType, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { readArguments } from '../../cli/arguments.ts'
import { anchorsOf } from '../../test/support/api/document-anchors.ts'
import { runbookSections } from '../context/runbook.ts'
import { schema } from '../schema/schema.ts'
import { nextSteps, sectionOf, severityOf } from './next-steps.ts'
import { general, type IngestionProblem, type ProblemKind, told } from './problems.ts'

const kindType = schema.getType('ProblemKind')
const kinds = isEnumType(kindType) ? kindType.getValues().map(({ value }) => value as ProblemKind) : []

const problem = (kind: ProblemKind, reason = ''): IngestionProblem =>
  told({ ...general, kind, component: 'rollcall', message: 'x', partitions: [0, 3], reason })

/** The first column of the runbook's table of halts: how each reason begins, or what is in it. */
const halts =
  readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8')
    .split('## Halted partitions')[1]
    ?.split('### Resume')[0]
    ?.split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('`'))
    .map((line) => ({
      reasons: [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? ''),
      isAccepted: line.includes('#accept-a-loss'),
    })) ?? []

describe('what an operator is told of a problem', () => {
  it('leads to a section of the runbook that exists, whatever it is', () => {
    const anchors = anchorsOf('docs/runbook.md')
    expect(runbookSections.filter((section) => !anchors.includes(section))).toEqual([])
    expect(kinds.length).toBeGreaterThan(10)
    for (const kind of kinds) {
      expect(runbookSections).toContain(sectionOf({ kind, reason: '' }))
      expect(['warn', 'page']).toContain(severityOf(kind))
    }
  })

  it('has commands that the API and the command line understand', () => {
    const reasons = [
      '',
      ...halts.flatMap(({ reasons }) => reasons),
      'Fix the cause and resume, or resume with accept',
    ]
    const steps = kinds.flatMap((kind) => reasons.flatMap((reason) => nextSteps(problem(kind, reason))))
    expect(steps.length).toBeGreaterThan(10)
    for (const { mutation, commandLine } of steps) {
      expect(validate(schema, parse(mutation)), mutation).toEqual([])
      const words = commandLine?.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', ''))
      if (words !== undefined) expect(() => readArguments(words.slice(1)), commandLine ?? '').not.toThrow()
    }
  })

  it('is to accept a loss where the runbook says that a loss can be accepted, and nowhere else', () => {
    expect(halts.length).toBeGreaterThan(10)
    for (const { reasons, isAccepted } of halts)
      for (const reason of reasons) {
        const [first] = nextSteps(problem('halted', reason.replaceAll('…', '5')))
        expect(first?.mutation.includes('acceptOffsetLoss'), reason).toBe(isAccepted)
      }
  })
})
