import { runProcess } from './run-process.ts'
import { runWorker } from './run-worker.ts'

await runProcess(
  'worker',
  'worker stops: it ends its slices after the batch in hand, and other workers take over',
  runWorker,
)
