/** Correctness under load: every code is sent twice, at the same time over two connections; exactly one may be honoured. */

import type { Answer } from './load/answer.ts'
import { type Actor, closeConnections, drive, openConnections } from './load/drive.ts'
import { fetchCodes, type SignedInBrowser } from './scenarios/sessions.ts'
import { codeBody, tokenPost } from './scenarios/tokens.ts'
import type { Site } from './servers/site.ts'

const CODES = 512
const PAIRS = 16

export interface ReplayCount {
  readonly codes: number
  readonly honouredOnce: number
  readonly honouredTwice: number
  readonly neverHonoured: number
  /** Answers that are neither tokens nor `invalid_grant`. */
  readonly wrong: readonly string[]
}

interface Target {
  readonly site: Site
  browsers(): Promise<readonly SignedInBrowser[]>
}

export async function replayEveryCode({ site, browsers }: Target): Promise<ReplayCount> {
  const client = site.clients.es256
  const post = tokenPost(site, client)
  const codes = await fetchCodes(site, client, await browsers(), CODES)
  const honoured = new Map<string, number>(codes.map(code => [code, 0]))
  const twin = (pair: number): Actor => {
    const mine = codes.filter((_, index) => index % PAIRS === pair)
    let code = ''
    return {
      next() {
        const next = mine.pop()
        if (next === undefined) return undefined
        code = next
        return post(codeBody(code))
      },
      accept(answer) {
        if (isTokens(answer)) honoured.set(code, (honoured.get(code) ?? 0) + 1)
        else if (answer.status !== 400 || !answer.body.includes('"invalid_grant"'))
          return 'neither tokens nor invalid_grant'
        return undefined
      },
    }
  }
  // Both twins of a pair walk through the same codes in the same order, so that each code arrives twice at nearly the same time.
  const twins = Array.from({ length: PAIRS * 2 }, (_, index) => twin(index >> 1))
  const connections = await openConnections(site.port, twins.length)
  const { wrong } = await drive(connections, twins, 60)
  closeConnections(connections)
  const times = [...honoured.values()]
  return {
    codes: codes.length,
    honouredOnce: times.filter(count => count === 1).length,
    honouredTwice: times.filter(count => count > 1).length,
    neverHonoured: times.filter(count => count === 0).length,
    wrong,
  }
}

function isTokens(answer: Answer): boolean {
  return answer.status === 200 && answer.body.includes('"access_token"')
}
