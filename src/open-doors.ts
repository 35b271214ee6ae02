/** A house gets its doors, and they open. Loaded only by `serve`, so that commands start fast. */

import type { Config } from './config/config.ts'
import { setupUrl } from './core/accounts/setup-link.ts'
import { createPasswordSignIn } from './core/authentication/password-sign-in.ts'
import { createClientAuthentication } from './core/clients/authenticate-client.ts'
import { createSecretGuesses } from './core/clients/secret-guesses.ts'
import type { KeyRing } from './core/keys/key-ring.ts'
import type { TokenLifetimes } from './core/tokens/ports.ts'
import { adminEndpoints } from './doors/admin/admin-endpoints.ts'
import { checkOwnUrl } from './doors/admin/check-own-url.ts'
import { startJobs } from './doors/jobs/start-jobs.ts'
import { errorPageReply } from './doors/pages/page-reply.ts'
import { pagesEndpoints } from './doors/pages/pages-endpoints.ts'
import type { PagesPorts } from './doors/pages/ports.ts'
import { LOCALES } from './doors/pages/text/locale.ts'
import type { ProviderPorts } from './doors/provider/ports.ts'
import { providerEndpoints } from './doors/provider/provider-endpoints.ts'
import { type House, openHouse } from './house.ts'
import { createCookies } from './http/cookies.ts'
import type { RenderErrorPage } from './http/error-page.ts'
import { createHttpServer } from './http/http-server.ts'
import { createAddressList, isAddressRange, throttlePrefix } from './lib/addresses.ts'
import { createGuardedFetch } from './lib/guarded-fetch.ts'
import type { Logger } from './lib/logger.ts'
import { createMetrics } from './lib/metrics.ts'

export interface RunningServer {
  readonly url: string
  /** Finishes the requests in flight, then closes the database. */
  close(): Promise<void>
}

const OWN_URL_TIMEOUT_MS = 5_000

export async function openDoors(config: Config, logger: Logger, startedAt: Date): Promise<RunningServer> {
  const metrics = createMetrics({ withProcess: true })
  const house = await openHouse(config, { logger, metrics })
  try {
    const keys = await house.openKeys()
    const { origin, protocol, pathname } = new URL(config.issuer)
    const issuerPath = pathname === '/' ? '' : pathname
    const { provider, pages, errorPage } = doorPorts(config, house, keys, issuerPath)
    const admin = adminEndpoints({
      housekeeping: house.repositories.housekeeping,
      metrics,
      metricsReaders: createAddressList(config.metrics.allow),
      errorPage,
      logger,
    })
    const server = await createHttpServer({
      endpoints: providerEndpoints(provider),
      pages: [...pagesEndpoints(pages), ...admin],
      issuerPath,
      issuerIsHttps: protocol === 'https:',
      listen: config.listen,
      ...(config.tls === undefined ? {} : { tls: config.tls }),
      trustedProxies: createAddressList(config.proxies.trusted),
      errorPage,
      logRequests: config.log.requests,
      logger,
      metrics,
      random: house.random,
    })
    const { host, port } = await server.listen()
    const jobs = startJobs({ house, logger, metrics, auditRetentionSeconds: config.audit.retentionSeconds })
    const readyInMs = Math.round(house.clock.now().getTime() - startedAt.getTime())
    logger.info({ issuer: config.issuer, listen: `${host}:${port}`, ready_in_ms: readyInMs, pid: process.pid }, 'ready')
    await announceSetup(config, house, keys, logger)
    void sayWhetherReachable(config, origin, logger)
    return {
      url: config.issuer,
      async close() {
        await jobs.stop()
        await server.close()
        await house.close()
        logger.info({}, 'stopped')
      },
    }
  } catch (error) {
    await house.close()
    throw error
  }
}

function doorPorts(config: Config, house: House, keys: KeyRing, basePath: string) {
  const { repositories, journal, clock, random, hasher, secretHasher } = house
  const lifetimes = lifetimesOf(config)
  const secure = config.issuer.startsWith('https:')
  const cookies = createCookies({ secure, path: basePath === '' ? '/' : basePath })
  const frame = { basePath, brandName: config.branding.name, defaultLocale: config.branding.defaultLocale }
  const errorPage: RenderErrorPage = (request, page) => errorPageReply(request, page, frame)
  const throttlePrefix = throttleOf(config)
  const { throttle, commit } = repositories
  const guesses = createSecretGuesses({ throttle, commit, throttlePrefix })
  const provider: ProviderPorts = {
    issuer: config.issuer,
    lifetimes,
    flowSeconds: config.flows.lifetimeSeconds,
    uiLocales: LOCALES,
    repositories,
    clientAuthentication: createClientAuthentication(repositories.clients, secretHasher, guesses, random.bytes(32)),
    keys,
    journal,
    cookies,
    clock,
    random,
    errorPage,
  }
  const { grants, pushedRequests } = repositories
  const settle = { issuer: config.issuer, grants, pushedRequests, keys, journal, clock, random, lifetimes }
  const pages: PagesPorts = {
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
    hashPassword: password => hasher.hash(password),
  }
  return { provider, pages, errorPage }
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

/** A wrong external URL breaks every sign-in and is hard to see from inside, so the server looks at itself from outside. */
async function sayWhetherReachable(config: Config, origin: string, logger: Logger): Promise<void> {
  const { allowPrivate } = config.outbound
  const fetch = createGuardedFetch({
    allowHttp: origin.startsWith('http:'),
    allowedPrivate: createAddressList(allowPrivate.filter(isAddressRange)),
    // Where it stands itself is often a private address.
    allowedHosts: [...allowPrivate, new URL(origin).hostname.replace(/^\[|\]$/g, '')],
    timeoutMs: OWN_URL_TIMEOUT_MS,
    maxBytes: 100_000,
    userAgent: 'sallyport',
  })
  const problem = await checkOwnUrl(config.issuer, fetch)
  if (problem !== undefined)
    logger.warn({ issuer: config.issuer, problem }, 'apps may not reach this server at its issuer URL')
}
