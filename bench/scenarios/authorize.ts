/** A browser with a session is sent to the server and comes back with a code, without seeing a page. */

import { ALL_SERVERS, type Scenario } from './scenario.ts'
import { codeFetcher } from './sessions.ts'

export const authorize: Scenario = {
  name: 'authorize',
  title: 'authorize with a session → code',
  servers: ALL_SERVERS,
  async prepare({ site, browsers }) {
    const signedIn = await browsers()
    return {
      actors: signedIn.map((browser, index) =>
        codeFetcher(site, site.clients.es256, browser, `authorize-${index}`, () => undefined),
      ),
    }
  },
}
