import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { DocumentsFileError, readDocumentsFile } from './documents-file.ts'

function fileOf(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'documents-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const file = join(folder, 'documents.json')
  writeFileSync(file, content)
  return file
}

test('a file of hash and document is read', () => {
  const file = fileOf('{ "ab12": "{ __typename }", "cd": "query B { __typename }" }')
  expect([...readDocumentsFile(file)]).toEqual([
    ['ab12', '{ __typename }'],
    ['cd', 'query B { __typename }'],
  ])
})

test.each([
  '',
  '{',
  '[]',
  'null',
  '"x"',
  '{"a": 5}',
  '{"a": null}',
  '{"a": {"b": "c"}}',
  '{"": "x"}',
  '{"a": ""}',
])('a file that is something else is refused in one line with its name: %s', (content) => {
  const file = fileOf(content)
  expect(() => readDocumentsFile(file)).toThrow(DocumentsFileError)
  expect(() => readDocumentsFile(file)).toThrow(
    new RegExp(`^API_DOCUMENTS names ${file}, which cannot be used: .+$`),
  )
})

test('a file that is not there is named', () => {
  expect(() => readDocumentsFile('/no/such/file.json')).toThrow(/API_DOCUMENTS names \/no\/such\/file.json/)
  expect(() => readDocumentsFile('/')).toThrow(DocumentsFileError)
})
