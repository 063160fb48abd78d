import { expect } from 'vitest'
import { z } from 'zod'
import { chartFolder } from '../../../scripts/chart/chart-files.ts'
import { askPython, pythonPackages } from './python-packages.ts'

/** Helm 4 as a library, and what reads YAML. */
const HELM = ['helm-python-sdk==0.2.2', 'PyYAML==6.0.3'] as const

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    annotations: z.record(z.string(), z.string()).default({}),
    labels: z.record(z.string(), z.string()),
  }),
})
/** An object of Kubernetes. */
export type Manifest = z.infer<typeof manifest>

const rendering = z.union([
  z.object({ error: z.string() }),
  z.object({ notes: z.string(), objects: z.array(z.object({ file: z.string(), object: manifest })) }),
])

export type Rendering = z.infer<typeof rendering>

/** Renders the chart with each of these values (YAML), as release "rollcall" in the namespace "analytics". */
export async function renderChart(values: readonly string[], folder = chartFolder): Promise<Rendering[]> {
  const packages = await pythonPackages(...HELM)
  const requests = values.map((text) => ({ values: text }))
  return z.array(rendering).parse(askPython('render.py', packages, [folder], requests))
}

/** The objects of a rendering that succeeded. */
export const objectsOf = (rendered: Rendering | undefined): Manifest[] =>
  rendered !== undefined && 'objects' in rendered
    ? rendered.objects.map(({ object }) => object)
    : expect.fail(JSON.stringify(rendered))

/** What Helm says of values that it refuses. */
export const errorOf = (rendered: Rendering | undefined): string =>
  rendered !== undefined && 'error' in rendered ? rendered.error : 'nothing was refused'
