import { endOrphans } from './process-book.ts'

// The guardian of guard-folder.ts runs this: node end-orphans.ts FOLDER PID

const [folder = '', holder = ''] = process.argv.slice(2)
await endOrphans(folder, Number(holder))
