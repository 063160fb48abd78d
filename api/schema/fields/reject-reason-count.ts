import type { RejectReason } from '../../../domain/login/login.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { RejectReasonEnum } from './pipeline-enums.ts'

export const RejectReasonCount = builder
  .objectRef<readonly [reason: RejectReason, rejects: bigint]>('RejectReasonCount')
  .implement({
    extensions: needs('figures'),
    description: 'Rejects for one reason.',
    fields: (t) => ({
      reason: t.field({
        type: RejectReasonEnum,
        description: 'Why they are no attempts.',
        resolve: ([reason]) => reason,
      }),
      rejects: t.field({
        type: 'BigInt',
        description: 'How many.',
        resolve: ([, rejects]) => rejects,
      }),
    }),
  })
