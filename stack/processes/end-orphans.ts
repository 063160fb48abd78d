import { endOrphans } from './process-book.ts'

// Run by the guardian of guard-folder.ts: node end-orphans.ts FOLDER PID

const [folder = '', holder = ''] = process.argv.slice(2)
await endOrphans(folder, Number(holder))
