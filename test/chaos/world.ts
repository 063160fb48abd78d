import { freePort } from '../../stack/processes/ports.ts'
import { type Graphql, graphqlAt } from '../support/api/graphql-client.ts'
import type { OpenDeployment } from '../support/deployment/open-deployment.ts'
import type { ControlPart, PartName } from '../support/parts/part-control.ts'
import { type RunningRole, superviseRole } from './actors/supervised-role.ts'
import { createTarget, type ProcessControl, type Target } from './target.ts'

export const parts = ['kafka', 'postgres', 'replica', 'temporal'] as const satisfies PartName[]
export const roles = ['worker 1', 'worker 2', 'api'] as const
export type RoleName = (typeof roles)[number]
export type TargetName = (typeof parts)[number] | RoleName

/** Everything that a chaos run happens to. */
export type World = {
  deployment: Pick<OpenDeployment, 'config' | 'kafka' | 'sql'>
  targets: Record<TargetName, Target>
  ask: Graphql
  /** A line of the log of the run. */
  say: (line: string) => void
  /** Ends the roles. */
  close: () => Promise<void>
}

export type WorldOptions = {
  deployment: World['deployment']
  controlPart: ControlPart
  /** Starts a role with the environment of the deployment and these variables. */
  launch: (role: RoleName, environment: Record<string, string>) => RunningRole
  say: (line: string) => void
}

/** What Node runs: the second worker makes it likely that faults come in the middle of a batch. */
export const entries: Record<RoleName, string> = {
  'worker 1': 'worker/main.ts',
  'worker 2': 'test/chaos/actors/worker-that-dawdles.ts',
  api: 'api/main.ts',
}

/** Partitions at the start. */
export const PARTITIONS = 3

/** What a deployment needs for a chaos run. */
export const chaosEnvironment = {
  KAFKA_PARTITIONS: String(PARTITIONS),
  // Many batches, so that faults come between any two steps of one.
  BATCH_MAX_RECORDS: '50',
  // Every login has a row, late ones too: rows are compared one by one.
  LOGIN_RETENTION_DAYS: '60',
  // After an outage, ranges with a parked record follow each other.
  PARKED_IN_A_ROW: '1000',
}

/** Two workers and an API, under supervision. The parts run already. */
export async function openWorld({ deployment, controlPart, launch, say }: WorldOptions): Promise<World> {
  // The API keeps its address when it is started again.
  const apiPort = await freePort(0)
  const startRole = (role: RoleName) =>
    superviseRole(role, () => launch(role, { API_PORT: String(apiPort) }), say)
  const roleTargets = roles.map((role) => [role, createTarget(startRole(role))] as const)
  const partTargets = parts.map((part) => [part, createTarget(partControl(part, controlPart))] as const)
  return {
    deployment,
    targets: Object.fromEntries([...partTargets, ...roleTargets]) as Record<TargetName, Target>,
    ask: graphqlAt(apiPort),
    say,
    close: async () => {
      await Promise.all(roleTargets.map(([, target]) => target.kill()))
    },
  }
}

const partControl = (part: PartName, control: ControlPart): ProcessControl => ({
  kill: () => control(part, 'kill'),
  start: () => control(part, 'start'),
  suspend: () => control(part, 'suspend'),
  resume: () => control(part, 'resume'),
})
