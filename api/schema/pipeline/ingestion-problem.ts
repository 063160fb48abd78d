import type { IngestionProblem } from '../../pipeline/problems.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { ComponentEnum, ProblemKindEnum } from '../fields/pipeline-enums.ts'

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
  }),
})
