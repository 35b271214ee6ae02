/** What high-security profiles add to a request: a pushed request, a signed assertion, a proof of possession, a JWT access token. */

import { type Answer, jsonText } from '../load/answer.ts'
import { formPost } from '../load/request.ts'
import { clientAssertion, dpopProof } from '../servers/client-key.ts'
import { REDIRECT_URI } from '../servers/site.ts'
import { ALL_SERVERS, actors, type Load, repeat, type Scenario } from './scenario.ts'
import { tokenPost } from './tokens.ts'

const CLIENT_CREDENTIALS = 'grant_type=client_credentials'
const RESOURCE = encodeURIComponent('https://api.example/')

export const pushedRequest: Scenario = {
  name: 'par',
  title: 'pushed authorization request',
  servers: ALL_SERVERS,
  async prepare({ site, connections }) {
    const client = site.clients.es256
    const post = formPost(site.authority, site.endpoints.par, { authorization: client.authorization })
    const uri = encodeURIComponent(REDIRECT_URI)
    const request = post(
      `response_type=code&client_id=${client.clientId}&redirect_uri=${uri}&scope=openid&state=s&nonce=n`,
    )
    return {
      actors: actors(connections, () =>
        repeat(request, answer =>
          answer.status === 201 && jsonText(answer.body, 'request_uri')?.startsWith('urn:') === true
            ? undefined
            : 'no request_uri',
        ),
      ),
    }
  },
}

export const privateKeyJwt: Scenario = {
  name: 'private-key-jwt',
  title: 'client_credentials, private_key_jwt ES256',
  servers: ALL_SERVERS,
  async prepare({ site, connections }) {
    const { clientId } = site.clients.assertion
    const post = formPost(site.authority, site.endpoints.token)
    const type = encodeURIComponent('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    const form = `${CLIENT_CREDENTIALS}&client_assertion_type=${type}&client_assertion=`
    return usingUp(connections, () => post(`${form}${clientAssertion(clientId, site.issuer)}`), tokenMistake)
  },
}

export const dpop: Scenario = {
  name: 'dpop',
  title: 'client_credentials, DPoP ES256',
  servers: ALL_SERVERS,
  async prepare({ site, connections }) {
    const { authorization } = site.clients.machine
    const url = `${site.issuer}${site.endpoints.token}`
    const request = (): string =>
      formPost(site.authority, site.endpoints.token, { authorization, dpop: dpopProof(url) })(CLIENT_CREDENTIALS)
    return usingUp(connections, request, answer =>
      answer.body.includes('"token_type":"DPoP"') ? tokenMistake(answer) : 'the token is not bound',
    )
  },
}

export const jwtAccessToken: Scenario = {
  name: 'jwt-access-token',
  title: 'client_credentials, at+jwt ES256',
  servers: ALL_SERVERS,
  async prepare({ site, connections }) {
    // The peer makes a JWT for a resource; ours does by the client's setting.
    const resource = site.name === 'sallyport' ? '' : `&resource=${RESOURCE}`
    const request = tokenPost(site, site.clients.jwt)(`${CLIENT_CREDENTIALS}${resource}`)
    return {
      actors: actors(connections, () =>
        repeat(request, answer =>
          jsonText(answer.body, 'access_token')?.startsWith('eyJ') === true ? undefined : 'the access token is no JWT',
        ),
      ),
    }
  },
}

/** Requests that count once, signed outside the timed part. */
function usingUp(connections: number, make: () => string, mistake: (answer: Answer) => string | undefined): Load {
  let requests: string[] = []
  return {
    actors: actors(connections, () => ({ next: () => requests.pop(), accept: mistake })),
    async fill(count) {
      requests = Array.from({ length: count }, make)
    },
  }
}

function tokenMistake(answer: Answer): string | undefined {
  if (answer.status !== 200) return `status ${answer.status}: ${answer.body.slice(0, 200)}`
  return (jsonText(answer.body, 'access_token') ?? '') === '' ? 'no access_token' : undefined
}
