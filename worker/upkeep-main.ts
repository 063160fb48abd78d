import { runProcess } from './run-process.ts'
import { runUpkeep } from './run-upkeep.ts'

await runProcess(
  'upkeep',
  'upkeep stops after the task in hand, and other processes that do upkeep go on',
  runUpkeep,
)
