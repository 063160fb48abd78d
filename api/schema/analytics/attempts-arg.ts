import { builder } from '../builder.ts'
import { AttemptKindEnum } from '../fields/analytics-enums.ts'

/** The argument of what is said of users, devices and addresses. */
export const attemptsArg = () =>
  builder.args((t) => ({
    attempts: t.field({
      type: AttemptKindEnum,
      required: true,
      defaultValue: 'logins',
      description:
        'Which attempts make somebody active. For example, `activeDays(attempts: FAILURES)` is the number of days with a failed one.',
    }),
  }))
