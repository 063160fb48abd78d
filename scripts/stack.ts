import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { startStack } from '../stack/stack.ts'

// `npm run stack`: only the parts, and the environment that finds them.
const folder = fileURLToPath(new URL('../.rollcall', import.meta.url))
const stack = await startStack({
  dataFolder: join(folder, 'data'),
  logFolder: join(folder, 'log'),
  usualPorts: true,
  environment: process.env,
  say: (line) => {
    console.log(line)
  },
}).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
console.log('\nTo use the parts from another terminal:')
for (const [name, value] of Object.entries(stack.environment)) console.log(`  export ${name}='${value}'`)
console.log(`\nTemporal Web UI: ${stack.temporalUi ?? 'where your Temporal is'}\nCtrl-C ends all of them.`)
for (const part of stack.parts.values()) {
  part.onCrash((how) => {
    console.error(`${part.name} ended: ${how}`)
  })
}
// The parts run in process groups of their own; this process stays for Ctrl-C.
const alive = setInterval(() => undefined, 60_000)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    clearInterval(alive)
    void stack.stop().then(() => process.exit(0))
  })
}
