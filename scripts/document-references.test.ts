import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { anchorsOf } from '../test/support/api/document-anchors.ts'
import { documents, proseOf, textOf } from '../test/support/api/document-blocks.ts'

const project = fileURLToPath(new URL('..', import.meta.url))
const inProject = (path: string): string => join(project, path)

const topFolders = readdirSync(project).filter((name) => statSync(inProject(name)).isDirectory())

/**
 * The targets of a document's links and pictures inside the project: a path from its root, and what follows a
 * #.
 */
function linksOf(document: string): { link: string; path: string; anchor: string | null }[] {
  return [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', anchor = null] = link.split('#')
      return { link, path: path === '' ? document : join(dirname(document), path), anchor }
    })
}

/**
 * What a document sets as code and begins with a folder of the project: a file, a folder or a pattern of
 * them.
 */
const pathsOf = (document: string): string[] =>
  [...textOf(document).matchAll(/(?<=`|\b(?:node|prettier|vitest) )[\w.-]+\/[\w./*-]*/g)]
    .map(([path]) => path)
    .filter((path) => topFolders.includes(path.split('/')[0] ?? '') && !path.startsWith('.rollcall'))

const scripts = Object.keys(
  (JSON.parse(readFileSync(inProject('package.json'), 'utf8')) as { scripts: Record<string, string> })
    .scripts,
)

test.each(documents)('every link of %s leads somewhere', (document) => {
  const broken = linksOf(document).filter(
    ({ path, anchor }) =>
      !existsSync(inProject(path)) || (anchor !== null && !anchorsOf(path).includes(anchor)),
  )
  expect(broken.map(({ link }) => link)).toEqual([])
})

test.each(documents)('every file and folder that %s names is there', (document) => {
  expect(pathsOf(document).filter((path) => globSync(path, { cwd: project }).length === 0)).toEqual([])
})

test.each(documents)('every npm script that %s names is there', (document) => {
  const named = [...textOf(document).matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name)
  expect(named.filter((name) => !scripts.includes(name ?? ''))).toEqual([])
})

test('every document is linked from another one', () => {
  const linked = new Set(documents.flatMap((document) => linksOf(document).map(({ path }) => path)))
  expect(documents.filter((document) => document !== 'README.md' && !linked.has(document))).toEqual([])
})
