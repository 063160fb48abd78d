import type { RejectReason } from '../../../domain/login/login.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { RejectReasonEnum } from '../fields/pipeline-enums.ts'

export const RejectRate = builder
  .objectRef<{ reason: RejectReason; rejects: bigint; rate: number }>('RejectRate')
  .implement({
    extensions: needs('figures'),
    description: 'Records that were rejected for a reason.',
    fields: (t) => ({
      reason: t.expose('reason', { type: RejectReasonEnum, description: 'Why.' }),
      rejects: t.expose('rejects', {
        type: 'BigInt',
        description: 'How many, those that became attempts since included.',
      }),
      rate: t.exposeFloat('rate', {
        description: 'Share of all records, attempts and rejects, from 0 to 1.',
      }),
    }),
  })
