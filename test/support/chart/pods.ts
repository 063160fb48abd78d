import { z } from 'zod'
import type { Manifest } from './render-chart.ts'

const container = z.looseObject({
  name: z.string(),
  command: z.array(z.string()),
  env: z.array(z.object({ name: z.string(), value: z.string() })),
  securityContext: z.looseObject({
    allowPrivilegeEscalation: z.boolean().optional(),
    readOnlyRootFilesystem: z.boolean().optional(),
    capabilities: z.object({ add: z.array(z.string()).optional(), drop: z.array(z.string()) }).optional(),
  }),
  resources: z.record(z.enum(['requests', 'limits']), z.record(z.string(), z.string())),
  startupProbe: z.unknown().optional(),
  livenessProbe: z.looseObject({ httpGet: z.looseObject({ path: z.string() }) }).optional(),
  readinessProbe: z.looseObject({ httpGet: z.looseObject({ path: z.string() }) }).optional(),
})
const podSpec = z.looseObject({
  automountServiceAccountToken: z.boolean().optional(),
  enableServiceLinks: z.boolean().optional(),
  serviceAccountName: z.string(),
  terminationGracePeriodSeconds: z.number().optional(),
  securityContext: z.looseObject({
    runAsNonRoot: z.boolean().optional(),
    runAsUser: z.number().optional(),
    seccompProfile: z.object({ type: z.string() }).optional(),
  }),
  initContainers: z.array(container).default([]),
  containers: z.array(container),
  volumes: z.array(z.looseObject({ name: z.string() })),
})
const workload = z.looseObject({
  replicas: z.number().optional(),
  selector: z.object({ matchLabels: z.record(z.string(), z.string()) }).optional(),
  template: z.object({
    metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }),
    spec: podSpec,
  }),
})

export type PodSpec = z.infer<typeof podSpec>
export type Workload = z.infer<typeof workload> & { name: string; kind: string }

/** What makes pods: Deployments and Jobs. */
export const workloadsOf = (objects: Manifest[]): Workload[] =>
  objects
    .filter(({ kind }) => kind === 'Deployment' || kind === 'Job')
    .map(({ kind, metadata, spec }) => ({ ...workload.parse(spec), kind, name: metadata.name }))

/** The environment of a pod's container. */
export const environmentOf = ({ containers }: PodSpec): Record<string, string> =>
  Object.fromEntries(containers.flatMap(({ env }) => env.map(({ name, value }) => [name, value])))

/** Volumes that "restricted" permits. */
const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]

/**
 * What the level "restricted" of Pod Security refuses in a pod, and a root that can be written.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function refusedByRestricted(pod: PodSpec): string[] {
  const { securityContext } = pod
  const ofPod = [
    ...['hostNetwork', 'hostPID', 'hostIPC', 'hostUsers'].filter((name) => pod[name] !== undefined),
    ...pod.volumes
      .filter((volume) => !Object.keys(volume).every((key) => key === 'name' || VOLUMES.includes(key)))
      .map(({ name }) => `volume ${name}`),
    ...(securityContext.runAsNonRoot === true ? [] : ['runAsNonRoot']),
    ...(securityContext.runAsUser === 0 ? ['runAsUser'] : []),
    ...(securityContext.seccompProfile?.type === 'RuntimeDefault' ? [] : ['seccompProfile']),
    ...(Object.keys(securityContext).includes('sysctls') ? ['sysctls'] : []),
  ]
  const ofContainers = [...pod.initContainers, ...pod.containers].flatMap((container) => {
    const { allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities, ...others } =
      container.securityContext
    return [
      ...(allowPrivilegeEscalation === false ? [] : ['allowPrivilegeEscalation']),
      ...(readOnlyRootFilesystem === true ? [] : ['readOnlyRootFilesystem']),
      ...(capabilities?.drop.includes('ALL') === true && capabilities.add === undefined
        ? []
        : ['capabilities']),
      ...Object.keys(others),
      ...(JSON.stringify(container['ports'] ?? []).includes('hostPort') ? ['hostPort'] : []),
    ]
  })
  return [...ofPod, ...ofContainers]
}
