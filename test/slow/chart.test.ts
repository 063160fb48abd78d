import { execFile, execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { once } from '../../stack/parts/downloads.ts'
import { partsFolder } from '../../stack/stack.ts'
import { cases, examples } from '../support/chart/cases.ts'
import { askPython, pythonPackages, whyNoPython } from '../support/chart/python-packages.ts'
import { type Manifest, objectsOf, renderChart } from '../support/chart/render-chart.ts'
import { ownFolder } from '../support/parts/own-folder.ts'

/** The schemas of Kubernetes, 1.30 to 1.37 and older ones. */
const SCHEMAS = 'kubernetes-validate==1.37.0'
/** Modules whose folders have the CustomResourceDefinitions that the chart makes objects of. */
const DEFINITIONS = [
  ['github.com/kedacore/keda/v2@v2.21.0', 'config/crd/bases'],
  ['github.com/prometheus-operator/prometheus-operator@v0.85.0', 'example/prometheus-operator-crd'],
  ['sigs.k8s.io/gateway-api@v1.4.0', 'config/crd/standard'],
] as const
const KUBE_SCORE = 'v1.20.0'
/**
 * What kube-score asks for otherwise: that the image is pulled at each start, though its tag or digest never means another one,
 * and affinities, where the chart spreads pods by topologySpreadConstraints.
 */
const OTHERWISE = ['container-image-pull-policy', 'deployment-has-host-podantiaffinity']

const whyNot = whyNoPython() ?? whyNoGo()
function whyNoGo(): string | null {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' })
    return null
  } catch {
    return 'needs Go'
  }
}

const found = z.object({
  versions: z.array(z.string()),
  errors: z.array(z.object({ version: z.string(), kind: z.string(), name: z.string(), error: z.string() })),
})

/** Copies of the folders, because Go's own may be cleaned. */
const definitions = (): Promise<string> =>
  once(join(partsFolder, 'kubernetes-definitions-keda-2.21.0'), async (target) => {
    for (const [module, folder] of DEFINITIONS) {
      const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', module])
      const { Dir: source } = z.object({ Dir: z.string() }).parse(JSON.parse(stdout))
      execFileSync('cp', ['-r', '--no-preserve=mode', join(source, folder), target])
    }
  })

const kubeScore = async (): Promise<string> => {
  const folder = await once(join(partsFolder, `kube-score-${KUBE_SCORE}`), async (target) => {
    const env = { ...process.env, GOBIN: target }
    await promisify(execFile)('go', ['install', `github.com/zegl/kube-score/cmd/kube-score@${KUBE_SCORE}`], {
      env,
    })
  })
  return join(folder, 'kube-score')
}

describe.skipIf(whyNot !== null)(`the Helm chart${whyNot === null ? '' : ` (${whyNot})`}`, () => {
  const rendered = new Map<string, Manifest[]>()
  beforeAll(async () => {
    const renderings = await renderChart(Object.values(cases))
    for (const [place, name] of Object.keys(cases).entries()) rendered.set(name, objectsOf(renderings[place]))
  })

  test('every object of every example is one that Kubernetes 1.30 to the newest, KEDA, the Prometheus operator and the Gateway API know', async () => {
    const folder = await definitions()
    const packages = await pythonPackages(SCHEMAS)
    const check = (objects: Manifest[]) => found.parse(askPython('validate.py', packages, [folder], objects))
    const { versions, errors } = check([...rendered.values()].flat())
    expect(versions).toEqual(expect.arrayContaining(['1.30', '1.37']))
    expect(errors).toEqual([])
    // What is wrong is found: a field that nothing knows, in Kubernetes' own kinds and in others.
    const [deployment] = (rendered.get('production') ?? []).filter(({ kind }) => kind === 'Deployment')
    const [scaled] = (rendered.get('production') ?? []).filter(({ kind }) => kind === 'ScaledObject')
    const wrong = [deployment, scaled].flatMap((object) =>
      object === undefined
        ? []
        : [{ ...object, spec: { ...Object(object['spec']), minReplicas: 1 } as object }],
    )
    expect(new Set(check(wrong).errors.map(({ kind }) => kind))).toEqual(
      new Set(['Deployment', 'ScaledObject']),
    )
  })

  test('kube-score finds nothing critical in any example', async () => {
    const program = await kubeScore()
    const folder = ownFolder()
    for (const example of Object.keys(examples)) {
      const objects = rendered.get(example) ?? []
      const file = join(folder, `${example}.json`)
      // JSON is YAML.
      writeFileSync(file, objects.map((object) => `---\n${JSON.stringify(object)}\n`).join(''))
      const ignored = OTHERWISE.flatMap((name) => ['--ignore-test', name])
      const said = await promisify(execFile)(program, [
        'score',
        '--output-format',
        'ci',
        ...ignored,
        file,
      ]).catch((error: unknown) => error as { stdout: string })
      expect(
        said.stdout.split('\n').filter((line) => line.includes('[CRITICAL]')),
        example,
      ).toEqual([])
    }
  })
})
