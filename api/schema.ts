import { builder } from './builder.ts'
import './schema/scalars.ts'
import './schema/errors.ts'
import './schema/login-counts.ts'
import './schema/login-totals.ts'
import './schema/top-values.ts'
import './schema/rejected-logins.ts'
import './schema/batches.ts'
import './schema/ingestion.ts'
import './schema/reconciliation.ts'
import './schema/commands.ts'
import './schema/control-events.ts'

export const schema = builder.toSchema()
