import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { loadProcessConfig } from '../config/environment.ts'
import { startStack, type Stack } from '../stack/stack.ts'
import { writeEnvironmentFile } from './environment-file.ts'
import { roleEnvironments } from './role-environments.ts'
import { runScript } from './run-script.ts'
import { hasOption } from './script-options.ts'

// `npm run stack`: starts Kafka, Temporal and Postgres, and writes the environment by which programs find
// them, and one for each role of Postgres. With `-- --tls` all of them are encrypted and demand client certificates; with
// `-- --metrics` Kafka and Temporal serve metrics for Prometheus.
const folder = fileURLToPath(new URL('../.rollcall', import.meta.url))

await runScript(async () => {
  const isEncrypted = hasOption('tls', process.argv, process.env)
  const isMeasured = hasOption('metrics', process.argv, process.env)
  loadProcessConfig()
  stay(
    await startStack({
      dataFolder: join(folder, isEncrypted ? 'data-tls' : 'data'),
      logFolder: join(folder, 'log'),
      usualPorts: true,
      isEncrypted,
      isMeasured,
      environment: process.env,
      say: (line) => {
        console.log(line)
      },
    }),
  )
})

function stay(stack: Stack): void {
  const file = join(folder, 'environment')
  const roles = roleEnvironments(stack)
  const removals = [
    writeEnvironmentFile(file, stack.environment),
    ...roles.map(([role, environment]) => writeEnvironmentFile(`${file}-${role}`, environment)),
  ]
  console.log(`\nTo use the parts from another terminal: . ${file}`)
  for (const [role] of roles) console.log(`as the role of Postgres for ${role}: . ${file}-${role}`)
  for (const [part, url] of Object.entries(stack.metrics)) console.log(`metrics of ${part}: ${url}`)
  console.log(`Temporal Web UI: ${stack.temporalUi ?? 'where your Temporal is'}\nCtrl-C stops all parts.`)
  for (const part of stack.parts.values()) {
    part.onCrash((how) => {
      console.error(`${part.name} ended (${how}): press Ctrl-C and run npm run stack again`)
    })
  }
  // The parts run in process groups of their own, so this process stays alive to receive Ctrl-C.
  const alive = setInterval(() => undefined, 60_000)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      clearInterval(alive)
      for (const remove of removals) remove()
      void stack.stop().then(() => process.exit(0))
    })
  }
}
