/** The doors as one set of settings makes them. When settings change they are built again, on what is kept between. */

import type { Config } from './config/config.ts'
import { authenticationMethods, spokenBy } from './config/spoken-by-server.ts'
import { customClaims } from './core/attributes/custom-claims.ts'
import { createClientAuthentication } from './core/clients/authenticate-client.ts'
import type { ClientRepository } from './core/clients/client-repository.ts'
import { type ClientNotifier, createClientNotifier } from './core/deferred-grants/notify-clients.ts'
import { createAssertionIssuers } from './core/grants/assertion-issuers.ts'
import { createDpopProofs } from './core/proof-of-possession/dpop-proofs.ts'
import { createServerNonces } from './core/proof-of-possession/server-nonces.ts'
import { createDocumentClients } from './core/registration/document-clients.ts'
import type { RegistrationRules } from './core/registration/register-client.ts'
import type { TokenLifetimes } from './core/tokens/ports.ts'
import { createResourceServers } from './core/tokens/resource-servers.ts'
import type { UpstreamPorts } from './core/upstreams/ports.ts'
import { adminEndpoints } from './doors/admin/admin-endpoints.ts'
import { adminApiEndpoints } from './doors/admin/api/admin-api-endpoints.ts'
import { brokerEndpoints } from './doors/broker/broker-endpoints.ts'
import { answerPageReply } from './doors/pages/answer-page.ts'
import { assetUrl } from './doors/pages/assets/assets.ts'
import { errorPageReply } from './doors/pages/page-reply.ts'
import { pagesEndpoints } from './doors/pages/pages-endpoints.ts'
import type { PagesPorts } from './doors/pages/ports.ts'
import { LOCALES } from './doors/pages/text/locale.ts'
import type { ProviderPorts } from './doors/provider/ports.ts'
import { providerEndpoints } from './doors/provider/provider-endpoints.ts'
import { administrationPorts } from './house.ts'
import type { RenderAnswerPage } from './http/authorization-reply.ts'
import { createCookies } from './http/cookies.ts'
import type { RenderErrorPage } from './http/error-page.ts'
import type { RouteLists } from './http/routes.ts'
import type { KeptBetweenDoors } from './kept-between-doors.ts'
import { createAddressList } from './lib/addresses.ts'
import type { Metrics } from './lib/metrics.ts'
import { clientDocumentsFetch, notificationFetch } from './ways-out.ts'

export interface Doors extends RouteLists {
  readonly errorPage: RenderErrorPage
  readonly notifier: ClientNotifier
}

export interface DoorsPorts extends KeptBetweenDoors {
  readonly metrics: Metrics
  /** Somebody has just decided: the app is told soon. */
  readonly notifySoon: () => void
}

/** CIMD §8.7. */
const MAX_DESCRIPTION_BYTES = 5 * 1024

export function buildDoors(config: Config, ports: DoorsPorts): Doors {
  const { house, metrics, logger, notifySoon } = ports
  const upstreams = upstreamPorts(config, ports)
  const frame = frameOf(config)
  const errorPage: RenderErrorPage = (request, page) => errorPageReply(request, page, frame)
  const provider = providerPorts(config, ports, upstreams, errorPage)
  const pages = pagesPorts(config, ports, upstreams, provider)
  const admin = adminEndpoints({
    housekeeping: house.repositories.housekeeping,
    metrics,
    metricsReaders: createAddressList(config.metrics.allow),
    errorPage,
    logger,
  })
  return {
    endpoints: [...providerEndpoints(provider), ...adminApi(config, ports, provider)],
    pages: [...pagesEndpoints({ ...pages, notifySoon }), ...brokerEndpoints({ ...provider, upstreams }), ...admin],
    errorPage,
    notifier: createClientNotifier({ ...provider, fetch: notificationFetch(config) }),
  }
}

export function issuerPathOf({ issuer }: Pick<Config, 'issuer'>): string {
  const { pathname } = new URL(issuer)
  return pathname === '/' ? '' : pathname
}

function frameOf(config: Config) {
  const { name: brandName, defaultLocale } = config.branding
  return { basePath: issuerPathOf(config), brandName, defaultLocale }
}

function adminApi(config: Config, { house, keys, running, logger }: KeptBetweenDoors, provider: ProviderPorts) {
  const { cookies, dpop } = provider
  return adminApiEndpoints({
    loadManaged,
    administration: administrationPorts(config, house, keys, running),
    keys,
    cookies,
    dpop,
    logger,
    brandName: config.branding.name,
    assetUrl: name => assetUrl(issuerPathOf(config), name),
  })
}

async function loadManaged() {
  const [{ OPERATIONS: operations }, { RESOURCES: resources }] = await Promise.all([
    import('./core/administration/operations.ts'),
    import('./core/administration/resources.ts'),
  ])
  return { operations, resources }
}

function upstreamPorts({ broker, mail }: Config, { relyingParty, deliveries, keys }: KeptBetweenDoors): UpstreamPorts {
  return {
    relyingParty,
    deliveries,
    sealer: keys.sealer,
    ...(broker.default === undefined ? {} : { defaultAlias: broker.default }),
    keepFailedAnswerSeconds: broker.keepFailedAnswerSeconds,
    sendsMail: mail !== undefined,
  }
}

function providerPorts(
  config: Config,
  kept: KeptBetweenDoors,
  upstreams: UpstreamPorts,
  errorPage: RenderErrorPage,
): ProviderPorts {
  const { house, keys, clientKeys, clientDocuments, throttlePrefix } = kept
  const { repositories, journal, clock, random } = house
  const { issuer } = config
  const frame = frameOf(config)
  const answerPage: RenderAnswerPage = (request, page) => answerPageReply(request, page, frame)
  const registration = registrationRules(config)
  const clients = documentClients(config, kept, registration)
  return {
    issuer,
    lifetimes: lifetimesOf(config),
    flowSeconds: config.flows.lifetimeSeconds,
    uiLocales: LOCALES,
    repositories: { ...repositories, clients },
    ...callerProofs(config, kept, clients),
    keys,
    clientKeys,
    clientDocuments,
    journal,
    cookies: createCookies({ secure: issuer.startsWith('https:'), path: frame.basePath === '' ? '/' : frame.basePath }),
    clock,
    random,
    errorPage,
    answerPage,
    resources: createResourceServers(config.resources, issuer),
    customClaims: async () => customClaims(await repositories.attributeDefinitions.list()),
    assertionIssuers: createAssertionIssuers(config.assertionIssuers),
    acrLevels: config.authentication.acrLevels,
    authorizationDetailsTypes: config.authorizationDetails.types,
    device: config.device,
    registration,
    takesClientDocuments: config.clientIdMetadataDocuments.enabled,
    upstreams,
    throttlePrefix,
    requestRules: { ...config.requests, pushedRequestSeconds: config.tokens.pushedRequestSeconds },
  }
}

function pagesPorts(
  config: Config,
  { house, keys, clientKeys, signInWithPassword, throttlePrefix }: KeptBetweenDoors,
  upstreams: UpstreamPorts,
  { cookies, lifetimes, resources, customClaims: claimsOfHouse, acrLevels }: ProviderPorts,
): Omit<PagesPorts, 'notifySoon'> {
  const { repositories, journal, clock, random, hasher } = house
  const { grants, pushedRequests, policies } = repositories
  const { issuer } = config
  return {
    issuer,
    ...frameOf(config),
    flowSeconds: config.flows.lifetimeSeconds,
    sessionSeconds: config.sessions.maxAgeSeconds,
    minPasswordLength: config.passwords.minLength,
    repositories,
    handles: keys.handles,
    journal,
    cookies,
    clock,
    random,
    settle: {
      issuer,
      grants,
      pushedRequests,
      keys,
      clientKeys,
      resources,
      customClaims: claimsOfHouse,
      journal,
      clock,
      random,
      lifetimes,
      acrLevels,
      listUpstreams: () => repositories.upstreams.list(),
      policies,
    },
    signInWithPassword,
    upstreams,
    hashPassword: password => hasher.hash(password),
    throttlePrefix,
  }
}

function documentClients(
  config: Config,
  { house, keys, clientKeys, clientDocuments, documentMemory }: KeptBetweenDoors,
  registration: RegistrationRules,
): ClientRepository {
  const { repositories, journal, clock, random } = house
  return createDocumentClients(
    config.clientIdMetadataDocuments,
    { ...registration, sameOrigin: config.clientIdMetadataDocuments.sameOrigin },
    {
      issuer: config.issuer,
      clients: repositories.clients,
      clientKeys,
      fetch: clientDocuments,
      fetchDocument: clientDocumentsFetch(config, MAX_DESCRIPTION_BYTES),
      journal,
      sealer: async () => keys.sealer,
      clock,
      random,
    },
    documentMemory,
  )
}

/** How callers prove who they are, and that they hold the key of their tokens. */
function callerProofs(
  config: Config,
  { house, keys, clientKeys, checkSecret, secretUses }: KeptBetweenDoors,
  clients: ClientRepository,
): Pick<ProviderPorts, 'clientAuthentication' | 'dpop'> {
  const { issuer, attestation, dpop } = config
  const { usedOnce } = house.repositories
  const handles = () => keys.handles
  const clientAuthentication = createClientAuthentication({
    clients,
    clientKeys,
    secretUses,
    checkSecret,
    methods: authenticationMethods(config),
    issuer,
    tokenEndpoint: `${issuer}/token`,
    attesters: attestation.attesters,
    ...(attestation.challenge === 'off' ? {} : { challenges: createServerNonces(handles, 'attestation') }),
    usedOnce,
  })
  const proofs = createDpopProofs({ mode: dpop.nonce, nonces: createServerNonces(handles, 'dpop'), usedOnce })
  return { clientAuthentication, dpop: proofs }
}

function registrationRules(config: Config): RegistrationRules {
  const { softwareStatementIssuers: statementIssuers, ...policy } = config.registration
  return { policy, statementIssuers, supported: spokenBy(config) }
}

function lifetimesOf({ tokens }: Config): TokenLifetimes {
  return {
    codeSeconds: tokens.authorizationCodeSeconds,
    accessTokenSeconds: tokens.accessTokenSeconds,
    idTokenSeconds: tokens.idTokenSeconds,
    refreshTokenSeconds: tokens.refreshTokenSeconds,
    refreshTokenMaxSeconds: tokens.refreshTokenMaxSeconds,
    refreshGraceSeconds: tokens.refreshGraceSeconds,
  }
}
