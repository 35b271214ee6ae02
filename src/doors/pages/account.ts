/** The page at `/account`: how one signs in, with ways to link and unlink identities. */

import type { Account } from '../../core/accounts/account.ts'
import type { AttributeDefinition } from '../../core/attributes/attribute-definition.ts'
import { sealFormToken } from '../../core/flow/flow-handles.ts'
import type { SignedIn } from '../../core/flow/next-step.ts'
import type { LinkedWay } from '../../core/upstreams/linking/ways-in.ts'
import { upstreamName } from '../../core/upstreams/upstream.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { parseParams } from '../../spec/params.ts'
import { isRefusal } from '../../spec/refusal.ts'
import { beginErrand } from './account-errand.ts'
import { flowSession } from './flow-session.ts'
import { loadWaysIn } from './load-ways-in.ts'
import { frameOf, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { shownAccount } from './shown-account.ts'
import { type AccountProblem, type KeptAttribute, renderAccount, type ShownIdentity } from './views/account.ts'

export function accountEndpoint(ports: PagesPorts): Endpoint {
  return {
    name: 'account',
    path: '/account',
    methods: ['GET'],
    async handle(request) {
      const now = ports.clock.now()
      const signedIn = await flowSession(undefined, request, now, ports)
      if (signedIn === undefined) return beginErrand({ kind: 'look' }, now, ports)
      const params = parseParams(request.query)
      return showAccount(signedIn, isRefusal(params) ? undefined : problemOf(params.get('problem')), request, ports)
    },
  }
}

const PROBLEMS: readonly AccountProblem[] = ['last-way-in', 'not-fresh', 'gone']

function problemOf(text: string | undefined): AccountProblem | undefined {
  return PROBLEMS.find(problem => problem === text)
}

async function showAccount(
  { account, session }: SignedIn,
  problem: AccountProblem | undefined,
  request: HttpRequest,
  ports: PagesPorts,
): Promise<Reply> {
  const ways = await loadWaysIn(account.id, ports)
  const definitions = await ports.repositories.attributeDefinitions.list()
  return pageReply(
    renderAccount({
      ...frameOf(request, ports),
      csrf: sealFormToken(ports.handles, session.id),
      account: shownAccount(account),
      hasPassword: ways?.hasPassword === true,
      linked: (ways?.linked ?? []).map(shownIdentity),
      linkable: (ways?.linkable ?? []).map(upstream => ({
        name: upstreamName(upstream),
        alias: upstream.alias,
        logoUrl: upstream.logoUri,
      })),
      kept: keptAbout(account, definitions),
      problem,
    }),
  )
}

/** What no app reads is a note of the house to itself. */
function keptAbout({ attributes }: Account, definitions: readonly AttributeDefinition[]): readonly KeptAttribute[] {
  return definitions
    .filter(({ name, scopes }) => scopes.length > 0 && Object.hasOwn(attributes, name))
    .map(({ name, title }) => ({
      title: title ?? name,
      value: textOf((attributes as Readonly<Record<string, unknown>>)[name]),
    }))
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function shownIdentity({ identity, upstream, mayUnlink }: LinkedWay): ShownIdentity {
  const { enabled, linkOnly } = upstream
  return {
    id: identity.id,
    name: upstreamName(upstream),
    alias: upstream.alias,
    logoUrl: upstream.logoUri,
    label: identity.label,
    linkedAt: identity.linkedAt,
    lastSignInAt: identity.lastSignInAt,
    unused: enabled ? (linkOnly ? 'link-only' : undefined) : 'disabled',
    mayUnlink,
  }
}
