import { readFileSync } from 'node:fs'
import { Agent, fetch as fetchByAgent, type RequestInit as AgentInit } from 'undici'

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>

/** fetch that believes what one CA issued, and nothing else. */
export function fetchTrusting(ca: string): Fetch {
  const dispatcher = new Agent({ connect: { ca: readFileSync(ca) } })
  return async (url, init) =>
    (await fetchByAgent(url, { ...(init as AgentInit), dispatcher })) as unknown as Response
}
