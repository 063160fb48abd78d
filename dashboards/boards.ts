import type { Board } from './board.ts'
import { ingestion } from './ingestion.ts'
import { kafka } from './kafka.ts'
import { overview } from './overview.ts'
import { postgres } from './postgres.ts'
import { questions } from './questions.ts'
import { temporal } from './temporal.ts'

/** Every dashboard of deploy/monitoring/dashboards/. */
export const boards: readonly Board[] = [overview, ingestion, questions, temporal, kafka, postgres]
