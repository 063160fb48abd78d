import { expect, it } from 'vitest'
import type { ApiContext } from '../context/context.ts'
import { countSource } from './count-source.ts'

it('refuses two moments before anything is read, whatever the number of the batch', async () => {
  const context = {} as ApiContext
  for (const asOfBatchId of [0n, 7n])
    await expect(countSource(context, { asOf: new Date(0), asOfBatchId }, [])).rejects.toMatchObject({
      ...{ code: 'UNSUPPORTED_COMBINATION', details: { argument: 'asOfBatchId' } },
    })
})
