import type { IngestionProblem } from '../../pipeline/problems.ts'
import { needs } from '../../context/permission.ts'
import { nextSteps, type NextStep } from '../../pipeline/next-steps.ts'
import { builder } from '../builder.ts'
import { ComponentEnum, ProblemKindEnum, SeverityEnum } from '../fields/pipeline-enums.ts'

const NextStepType = builder.objectRef<NextStep>('NextStep').implement({
  extensions: needs('figures'),
  description: 'A command that goes on after a problem. In its reason, put why you send it.',
  fields: (t) => ({
    does: t.exposeString('does', { description: 'What it does, in a few words.' }),
    mutation: t.exposeString('mutation', { description: 'The command as a GraphQL document.' }),
    commandLine: t.exposeString('commandLine', {
      nullable: true,
      description: 'The same for the command line; null where it has no such command.',
    }),
  }),
})

export const ProblemType = builder.objectRef<IngestionProblem>('IngestionProblem').implement({
  extensions: needs('figures'),
  description: 'A problem: a part that is away, or something that waits for an operator.',
  fields: (t) => ({
    kind: t.expose('kind', { type: ProblemKindEnum, description: 'What it is.' }),
    component: t.expose('component', { type: ComponentEnum, description: 'Where it is.' }),
    message: t.exposeString('message', {
      extensions: needs('failures', 'text'),
      description: 'What is wrong and what to do, in words. The text before the first colon is a short form.',
    }),
    partitions: t.exposeIntList('partitions', {
      description: 'The partitions concerned; empty when it is not about particular ones.',
    }),
    batchCount: t.exposeInt('batches', {
      nullable: true,
      description: 'How many batches wait for an operator; null when it is not about batches.',
    }),
    severity: t.expose('severity', {
      type: SeverityEnum,
      description: 'Whether it wakes whoever is on call.',
    }),
    since: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Since when; null when that is not known.',
      resolve: ({ since }) => (since === null ? null : new Date(since)),
    }),
    runbook: t.exposeString('runbook', {
      description: 'The section of the runbook that is about it, as a path in the project and an anchor.',
    }),
    nextSteps: t.field({
      type: [NextStepType],
      description:
        'The commands that go on, the first one to try first; none where it ends by itself or by no command.',
      resolve: nextSteps,
    }),
  }),
})
