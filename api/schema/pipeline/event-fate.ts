import { type EventFate as EventFateShape, traceEvent } from '../../pipeline/event-fate.ts'
import { named, needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { Attempt } from '../analytics/attempts.ts'
import { freshnessField } from '../fields/freshness.ts'

const EventFate = builder.objectRef<EventFateShape>('EventFate').implement({
  extensions: needs('persons'),
  description: 'What became of an event, by the id that its producer gave it.',
  fields: (t) => ({
    isVisible: t.boolean({
      description:
        'Whether counts include an attempt with the id on the node that answered, so that x-rollcall-read-after would not wait for it. ' +
        'False: no attempt that is kept as a row has it. It was not sent or not read yet (ingestion), was rejected (rejectedRecords), ' +
        'waits in a parked batch, or is older than rowsKeptFrom.',
      resolve: ({ attempts }) => attempts.length > 0,
    }),
    attempts: t.expose('attempts', {
      type: [Attempt],
      description:
        'Attempts with the id, 50 at most, earliest event first. Each was counted: Rollcall takes an event that is sent twice for two.',
    }),
    hasMore: t.exposeBoolean('hasMore', {
      description: 'Whether there are more of them, which attempts(filter: {eventIds: …}) lists.',
    }),
    rowsKeptFrom: t.expose('rowsKeptFrom', {
      type: 'DateTime',
      nullable: true,
      description:
        'Start of the oldest day whose attempts are kept as rows (LOGIN_RETENTION_DAYS); null: none are kept.',
    }),
    freshness: t.field(freshnessField),
  }),
})

builder.queryField('eventFate', (t) =>
  t.field({
    extensions: needs('persons'),
    type: EventFate,
    nullable: true,
    description:
      'From the id that a producer gave an event (`event_id`) to what became of it, as long as attempts are kept as rows. Rejected and ' +
      'parked records are not looked through: a warning says how many there are and where to look. Example: ' +
      'eventFate(eventId: "e-20240710-4711") { isVisible attempts { partition offset outcome } }.',
    args: {
      eventId: t.arg.string({ required: true, extensions: named('event'), description: 'The id, exact.' }),
    },
    resolve: (_, { eventId }, context, info) => traceEvent(context, eventId, info),
  }),
)
