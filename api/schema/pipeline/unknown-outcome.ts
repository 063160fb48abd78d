import type { UnknownOutcome } from '../../../db/read/ledger/unknown-outcomes.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'

export const UnknownOutcomeType = builder.objectRef<UnknownOutcome>('UnknownOutcome').implement({
  extensions: needs('figures'),
  description: 'A spelling of outcome that is not understood: such attempts count as UNKNOWN.',
  fields: (t) => ({
    text: t.exposeString('spelling', {
      nullable: true,
      extensions: needs('failures', 'text'),
      description:
        'As the producer wrote it, at most 40 characters; null: all spellings that are not listed.',
    }),
    attempts: t.expose('attempts', { type: 'BigInt', description: 'How many had it.' }),
  }),
})
