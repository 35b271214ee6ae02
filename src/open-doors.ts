/** A house gets its doors, and they open. Loaded only by `serve`, so that commands start fast. */

import type { Config } from './config/config.ts'
import { authenticationMethods, spokenBy } from './config/spoken-by-server.ts'
import { setupUrl } from './core/accounts/setup-link.ts'
import { createPasswordSignIn } from './core/authentication/password-sign-in.ts'
import { type ClientAuthenticationPorts, createClientAuthentication } from './core/clients/authenticate-client.ts'
import { createSecretCheck } from './core/clients/authentication/check-secret.ts'
import { createClientKeys } from './core/clients/client-keys.ts'
import { createSecretGuesses, type SecretGuesses } from './core/clients/secret-guesses.ts'
import { createClientNotifier } from './core/deferred-grants/notify-clients.ts'
import { mailCarrier } from './core/deliveries/mail.ts'
import { createPostRoom } from './core/deliveries/post-room.ts'
import { createAssertionIssuers } from './core/grants/assertion-issuers.ts'
import type { KeyRing } from './core/keys/key-ring.ts'
import { createDpopProofs } from './core/proof-of-possession/dpop-proofs.ts'
import { createServerNonces } from './core/proof-of-possession/server-nonces.ts'
import { createDocumentClients } from './core/registration/document-clients.ts'
import type { RegistrationRules } from './core/registration/register-client.ts'
import type { TokenLifetimes } from './core/tokens/ports.ts'
import { createResourceServers } from './core/tokens/resource-servers.ts'
import type { UpstreamPorts } from './core/upstreams/ports.ts'
import { problemOfDefault } from './core/upstreams/setting-out/usable-upstreams.ts'
import { logoutCarrier } from './core/upstreams/sign-out/logout-carrier.ts'
import { adminEndpoints } from './doors/admin/admin-endpoints.ts'
import { checkOwnUrl } from './doors/admin/check-own-url.ts'
import { brokerEndpoints } from './doors/broker/broker-endpoints.ts'
import type { BrokerPorts } from './doors/broker/ports.ts'
import { createPromptNotifier } from './doors/jobs/notify-clients.ts'
import { startJobs } from './doors/jobs/start-jobs.ts'
import { answerPageReply } from './doors/pages/answer-page.ts'
import { errorPageReply } from './doors/pages/page-reply.ts'
import { pagesEndpoints } from './doors/pages/pages-endpoints.ts'
import type { PagesPorts } from './doors/pages/ports.ts'
import { LOCALES } from './doors/pages/text/locale.ts'
import type { ProviderPorts } from './doors/provider/ports.ts'
import { providerEndpoints } from './doors/provider/provider-endpoints.ts'
import { type House, openHouse, openRelyingParty } from './house.ts'
import type { RenderAnswerPage } from './http/authorization-reply.ts'
import { createCookies } from './http/cookies.ts'
import type { RenderErrorPage } from './http/error-page.ts'
import { createHttpServer } from './http/http-server.ts'
import { createAddressList, throttlePrefix } from './lib/addresses.ts'
import type { Logger } from './lib/logger.ts'
import { createMailer } from './lib/mailer.ts'
import { createMetrics } from './lib/metrics.ts'
import { clientDocumentsFetch, notificationFetch, ownUrlFetch } from './ways-out.ts'

export interface RunningServer {
  readonly url: string
  /** Finishes the requests in flight, then closes the database. */
  close(): Promise<void>
}

/** CIMD §8.7. */
const MAX_DESCRIPTION_BYTES = 5 * 1024

export async function openDoors(config: Config, logger: Logger, startedAt: Date): Promise<RunningServer> {
  const metrics = createMetrics({ withProcess: true })
  const house = await openHouse(config, { logger, metrics })
  try {
    const keys = await house.openKeys()
    const { protocol, pathname } = new URL(config.issuer)
    const issuerPath = pathname === '/' ? '' : pathname
    const upstreams = upstreamPorts(config, house, keys, logger)
    const { provider, pages: pagePorts, broker, errorPage } = doorPorts(config, house, keys, issuerPath, upstreams)
    const notifier = createClientNotifier({ ...provider, fetch: notificationFetch(config) })
    const prompt = createPromptNotifier(notifier, logger)
    const pages = { ...pagePorts, notifySoon: prompt.notifySoon }
    const admin = adminEndpoints({
      housekeeping: house.repositories.housekeeping,
      metrics,
      metricsReaders: createAddressList(config.metrics.allow),
      errorPage,
      logger,
    })
    const server = await createHttpServer({
      endpoints: providerEndpoints(provider),
      pages: [...pagesEndpoints(pages), ...brokerEndpoints(broker), ...admin],
      issuerPath,
      issuerIsHttps: protocol === 'https:',
      listen: config.listen,
      ...(config.tls === undefined ? {} : { tls: config.tls }),
      trustedProxies: createAddressList(config.proxies.trusted),
      clientCertificates: {
        isAskedFor: config.tls?.requestsClientCertificate === true,
        ...(config.proxies.clientCertificateHeader === undefined
          ? {}
          : { proxyHeader: config.proxies.clientCertificateHeader }),
        isProxyVerifying: config.proxies.clientCertificatesVerified,
      },
      errorPage,
      logRequests: config.log.requests,
      logger,
      metrics,
      random: house.random,
    })
    const { host, port } = await server.listen()
    const { deliveries, relyingParty } = upstreams
    const { metadataRefreshSeconds } = config.broker
    const auditRetentionSeconds = config.audit.retentionSeconds
    const jobs = startJobs({
      house,
      notifier,
      deliveries,
      relyingParty,
      metadataRefreshSeconds,
      logger,
      metrics,
      auditRetentionSeconds,
    })
    const readyInMs = Math.round(house.clock.now().getTime() - startedAt.getTime())
    logger.info({ issuer: config.issuer, listen: `${host}:${port}`, ready_in_ms: readyInMs, pid: process.pid }, 'ready')
    await announceSetup(config, house, keys, logger)
    await warnOfDefault(config, house, logger)
    void sayWhetherReachable(config, logger)
    return {
      url: config.issuer,
      async close() {
        // A mail server that is slow keeps no request waiting for the end.
        await Promise.all([jobs.stop(), server.close()])
        await prompt.settled()
        await deliveries.settled()
        await house.close()
        logger.info({}, 'stopped')
      },
    }
  } catch (error) {
    await house.close()
    throw error
  }
}

function upstreamPorts(config: Config, house: House, keys: KeyRing, logger: Logger): UpstreamPorts {
  const { repositories, journal, clock, random } = house
  const relyingParty = openRelyingParty(config, house, keys, logger)
  const mailer =
    config.mail === undefined ? undefined : createMailer({ ...config.mail, fromName: config.branding.name })
  const carriers = [
    ...(mailer === undefined ? [] : [mailCarrier(mailer)]),
    logoutCarrier({ relyingParty, upstreams: repositories.upstreams }),
  ]
  return {
    relyingParty,
    deliveries: createPostRoom({
      deliveries: repositories.deliveries,
      carriers,
      journal,
      sealer: keys.sealer,
      clock,
      random,
      logger,
    }),
    sealer: keys.sealer,
    ...(config.broker.default === undefined ? {} : { defaultAlias: config.broker.default }),
    keepFailedAnswerSeconds: config.broker.keepFailedAnswerSeconds,
    sendsMail: mailer !== undefined,
  }
}

function doorPorts(config: Config, house: House, keys: KeyRing, basePath: string, upstreams: UpstreamPorts) {
  const { repositories, journal, clock, random, hasher } = house
  const lifetimes = lifetimesOf(config)
  const secure = config.issuer.startsWith('https:')
  const cookies = createCookies({ secure, path: basePath === '' ? '/' : basePath })
  const frame = { basePath, brandName: config.branding.name, defaultLocale: config.branding.defaultLocale }
  const errorPage: RenderErrorPage = (request, page) => errorPageReply(request, page, frame)
  const answerPage: RenderAnswerPage = (request, page) => answerPageReply(request, page, frame)
  const { acrLevels } = config.authentication
  const resources = createResourceServers(config.resources, config.issuer)
  const throttlePrefix = throttleOf(config)
  const { throttle, commit } = repositories
  const guesses = createSecretGuesses({ throttle, commit, throttlePrefix })
  const clientDocuments = clientDocumentsFetch(config)
  const clientKeys = createClientKeys({ fetch: clientDocuments, sealer: keys.sealer, clock })
  const registration = registrationRules(config)
  const clients = createDocumentClients(
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
  )
  const provider: ProviderPorts = {
    issuer: config.issuer,
    lifetimes,
    flowSeconds: config.flows.lifetimeSeconds,
    uiLocales: LOCALES,
    repositories: { ...repositories, clients },
    ...callerProofs(config, house, keys, { clients, clientKeys, guesses }),
    keys,
    clientKeys,
    clientDocuments,
    journal,
    cookies,
    clock,
    random,
    errorPage,
    answerPage,
    resources,
    assertionIssuers: createAssertionIssuers(config.assertionIssuers),
    acrLevels,
    authorizationDetailsTypes: config.authorizationDetails.types,
    device: config.device,
    registration,
    takesClientDocuments: config.clientIdMetadataDocuments.enabled,
    upstreams,
    throttlePrefix,
    requestRules: { ...config.requests, pushedRequestSeconds: config.tokens.pushedRequestSeconds },
  }
  const { grants, pushedRequests } = repositories
  const { issuer } = config
  const settle = {
    issuer,
    grants,
    pushedRequests,
    keys,
    clientKeys,
    resources,
    journal,
    clock,
    random,
    lifetimes,
    acrLevels,
    listUpstreams: () => repositories.upstreams.list(),
  }
  const pages: Omit<PagesPorts, 'notifySoon'> = {
    issuer: config.issuer,
    ...frame,
    flowSeconds: config.flows.lifetimeSeconds,
    sessionSeconds: config.sessions.maxAgeSeconds,
    minPasswordLength: config.passwords.minLength,
    repositories,
    handles: keys.handles,
    journal,
    cookies,
    clock,
    random,
    settle,
    signInWithPassword: createPasswordSignIn({
      accounts: repositories.accounts,
      throttle: repositories.throttle,
      handles: keys.handles,
      passwords: hasher,
      clock,
      throttlePrefix,
    }),
    upstreams,
    hashPassword: password => hasher.hash(password),
    throttlePrefix,
  }
  const broker: BrokerPorts = { ...provider, upstreams }
  return { provider, pages, broker, errorPage }
}

/** How callers prove who they are, and that they hold the key of their tokens. */
function callerProofs(
  config: Config,
  { repositories: { usedOnce }, secretHasher: verifier, random }: House,
  keys: KeyRing,
  {
    clients,
    clientKeys,
    guesses,
  }: Pick<ClientAuthenticationPorts, 'clients' | 'clientKeys'> & { guesses: SecretGuesses },
): Pick<ProviderPorts, 'clientAuthentication' | 'dpop'> {
  const { issuer, attestation, dpop } = config
  const handles = () => keys.handles
  const clientAuthentication = createClientAuthentication({
    clients,
    clientKeys,
    checkSecret: createSecretCheck({ verifier, guesses, processKey: random.bytes(32) }),
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

function throttleOf({ throttling }: Config): (address: string) => string | undefined {
  const trusted = createAddressList(throttling.trustedAddresses)
  return address => (throttling.enabled && !trusted.has(address) ? throttlePrefix(address) : undefined)
}

/** The one thing that a log may tell and that opens a door: for whoever starts the server, and only until there is an administrator. */
async function announceSetup(
  config: Config,
  { repositories, clock }: House,
  keys: KeyRing,
  logger: Logger,
): Promise<void> {
  if (await repositories.accounts.hasAdministrator()) return
  logger.warn({}, `create the first administrator here: ${setupUrl(config.issuer, keys.handles, clock.now())}`)
}

/** The settings name an upstream that the database knows: either may change without the other. */
async function warnOfDefault({ broker }: Config, { repositories }: House, logger: Logger): Promise<void> {
  if (broker.default === undefined) return
  const problem = problemOfDefault(broker.default, await repositories.upstreams.list())
  if (problem !== undefined) logger.warn({}, problem)
}

/** A wrong external URL breaks every sign-in and is hard to see from inside, so the server looks at itself from outside. */
async function sayWhetherReachable(config: Config, logger: Logger): Promise<void> {
  const problem = await checkOwnUrl(config.issuer, ownUrlFetch(config))
  if (problem !== undefined)
    logger.warn({ issuer: config.issuer, problem }, 'apps may not reach this server at its issuer URL')
}
