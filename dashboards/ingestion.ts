import { batchPanels } from './batch-panels.ts'
import { type Board, namespaceVariable, partitionVariable } from './board.ts'
import { partitionPanels } from './partition-panels.ts'
import { upkeepPanels, workPanels } from './work-panels.ts'

/** From the records of Kafka to what is counted and rolled up. */
export const ingestion: Board = {
  name: 'rollcall-ingestion',
  title: 'Rollcall: ingestion',
  description: 'From the records of Kafka to what is counted, published and rolled up.',
  variables: [namespaceVariable, partitionVariable],
  rows: [
    { title: 'Partitions', panels: partitionPanels },
    { title: 'Batches', panels: batchPanels },
    { title: 'Work of workers', panels: workPanels },
    { title: 'Upkeep', panels: upkeepPanels },
  ],
}
