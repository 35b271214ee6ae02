/** What is done with an access token: user info by the app, introspection by a resource server. */

import { jsonText } from '../load/answer.ts'
import { formPost, get } from '../load/request.ts'
import { ALL_SERVERS, repeat, type Scenario } from './scenario.ts'
import { openGrants } from './tokens.ts'

export const userInfo: Scenario = {
  name: 'userinfo',
  title: 'user info',
  servers: ALL_SERVERS,
  async prepare(visit) {
    const { site } = visit
    const grants = await openGrants(visit, site.clients.es256)
    return {
      actors: grants.map(({ accessToken, idToken }) => {
        const request = get(site.authority, site.endpoints.userinfo, { authorization: `Bearer ${accessToken}` })
        const subject = subjectOf(idToken)
        return repeat(request, answer =>
          answer.status === 200 && jsonText(answer.body, 'sub') === subject ? undefined : `no user info of ${subject}`,
        )
      }),
    }
  },
}

export const introspection: Scenario = {
  name: 'introspection',
  title: 'introspection',
  servers: ALL_SERVERS,
  async prepare(visit) {
    const { site } = visit
    const client = site.clients.es256
    const grants = await openGrants(visit, client)
    const post = formPost(site.authority, site.endpoints.introspect, { authorization: client.authorization })
    return {
      actors: grants.map(({ accessToken, idToken }) => {
        const subject = subjectOf(idToken)
        return repeat(post(`token=${accessToken}`), answer =>
          answer.status === 200 && answer.body.includes('"active":true') && jsonText(answer.body, 'sub') === subject
            ? undefined
            : 'the token is not active',
        )
      }),
    }
  },
}

function subjectOf(idToken: string): string {
  const claims = Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString('utf8')
  return jsonText(claims, 'sub') ?? ''
}
