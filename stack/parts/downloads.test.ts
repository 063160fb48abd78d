import { expect, test } from 'vitest'
import { countDownloads } from './downloads.ts'

test('progress of a download counts files and speaks at most once a second', () => {
  const said: string[] = []
  let nowMs = 0
  const progress = countDownloads(
    'Kafka',
    (line) => said.push(line),
    () => nowMs,
  )
  const line = '[INFO] Downloaded from central: org/x.jar (1.2 MB at 3 MB/s)\n'
  nowMs = 500
  progress(`[INFO] Downloading from central: org/x.jar\n${line}${line}`)
  expect(said).toEqual([])
  nowMs = 1_100
  progress(line)
  progress(line)
  expect(said).toEqual(['downloading Kafka: 3 files so far'])
})
