import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { settingNames } from '../../config/config.ts'
import { chartFiles, chartFolder } from './chart-files.ts'
import { chartSettings, isSecret, unreachable } from './chart-settings.ts'

const settings = Object.fromEntries(settingNames.map((name) => [name, true]))

test('the chart has what settings, version, alert rules and dashboards are', async () => {
  for (const [file, text] of Object.entries(await chartFiles())) {
    expect(existsSync(`${chartFolder}/${file}`), `${file}: run npm run chart`).toBe(true)
    expect(readFileSync(`${chartFolder}/${file}`, 'utf8'), `${file}: run npm run chart`).toBe(text)
  }
})

test('no file is left over in the chart from rules and dashboards that are gone', async () => {
  const made = Object.keys(await chartFiles())
  const there = readdirSync(`${chartFolder}/files`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`.replace(`${chartFolder}/`, ''))
  expect(there.filter((file) => !made.includes(file))).toEqual([])
})

test('every setting is a value of the chart, or there is a reason why not', () => {
  const reachable = chartSettings().map(({ name }) => name)
  const secrets = settingNames.filter((name) => isSecret(name, settings))
  const all = new Set([...reachable, ...Object.keys(unreachable), ...secrets])
  expect(settingNames.filter((name) => !all.has(name))).toEqual([])
  expect(Object.keys(unreachable).filter((name) => !settingNames.includes(name))).toEqual([])
})

test('every secret can be given as a file of a Secret', () => {
  const files = chartSettings()
    .filter(({ isFile }) => isFile)
    .map(({ name }) => name)
  const secrets = settingNames.filter((name) => isSecret(name, settings) && unreachable[name] === undefined)
  expect(secrets.filter((name) => !files.includes(`${name}_FILE`))).toEqual([])
})

/** The keys of a block of YAML at an indentation, in which all keys are plain words. */
const keysOf = (text: string, indent: string) =>
  [...text.matchAll(new RegExp(`^${indent}(\\w+):`, 'gm'))].map(([, key]) => key)

test('values.yaml has every value that the schema knows, and its README names each', () => {
  const schema = z
    .object({ properties: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(readFileSync(`${chartFolder}/values.schema.json`, 'utf8')))
  const known = Object.keys(schema.properties).filter((key) => key !== 'global')
  const values = readFileSync(`${chartFolder}/values.yaml`, 'utf8')
  expect(keysOf(values, '').toSorted()).toEqual(known.toSorted())
  const readme = readFileSync(`${chartFolder}/README.md`, 'utf8')
  expect(known.filter((key) => !readme.includes(`\`${key}\``))).toEqual([])
})
