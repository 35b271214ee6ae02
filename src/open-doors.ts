/** A house gets its doors, and they open. Loaded only by `serve`, so that commands start fast. */

import { buildDoors, issuerPathOf } from './build-doors.ts'
import type { Config } from './config/config.ts'
import { setupUrl } from './core/accounts/setup-link.ts'
import { applyAtStart } from './core/declarations/apply-at-start.ts'
import type { KeyRing } from './core/keys/key-ring.ts'
import { problemOfDefault } from './core/upstreams/setting-out/usable-upstreams.ts'
import { checkOwnUrl } from './doors/admin/check-own-url.ts'
import { createPromptNotifier } from './doors/jobs/notify-clients.ts'
import { startJobs } from './doors/jobs/start-jobs.ts'
import { administrationPorts, type House, openHouse } from './house.ts'
import { createHttpServer, type HttpServerSettings } from './http/http-server.ts'
import { createKept } from './kept-between-doors.ts'
import { createAddressList } from './lib/addresses.ts'
import type { Logger } from './lib/logger.ts'
import { createMetrics, type Metrics } from './lib/metrics.ts'
import { createRunningSettings, type RunningSettings } from './running-settings.ts'
import { ownUrlFetch } from './ways-out.ts'

export interface RunningServer {
  readonly url: string
  /** Finishes the requests in flight, then closes the database. */
  close(): Promise<void>
}

export async function openDoors(started: Config, logger: Logger, startedAt: Date): Promise<RunningServer> {
  const metrics = createMetrics({ withProcess: true })
  const house = await openHouse(started, { logger, metrics })
  try {
    const [keys, running] = await Promise.all([house.openKeys(), createRunningSettings(started, house, logger)])
    const { config } = running
    if (config.apply.atStart) {
      await applyAtStart(config.declared, config.apply, administrationPorts(config, house, keys), logger)
    }
    const { url, close } = await openIn(house, keys, running, logger, metrics, startedAt)
    await announceSetup(config, house, keys, logger)
    await warnOfDefault(config, house, logger)
    void sayWhetherReachable(config, logger)
    return {
      url,
      async close() {
        await close()
        await house.close()
        logger.info({}, 'stopped')
      },
    }
  } catch (error) {
    await house.close()
    throw error
  }
}

/** Everything that hangs on settings is in `doors`, and is replaced as a whole: what was begun with the old ones ends with them. */
async function openIn(
  house: House,
  keys: KeyRing,
  running: RunningSettings,
  logger: Logger,
  metrics: Metrics,
  startedAt: Date,
): Promise<RunningServer> {
  const { config } = running
  const kept = createKept(house, keys, running, logger)
  const prompt = createPromptNotifier({ notifyDue: signal => doors.notifier.notifyDue(signal) }, logger)
  const build = (settings: Config) => buildDoors(settings, { ...kept, metrics, notifySoon: prompt.notifySoon })
  let doors = build(config)
  const { endpoints, pages } = doors
  const server = await createHttpServer({
    ...serverSettings(config),
    endpoints,
    pages,
    errorPage: (request, page) => doors.errorPage(request, page),
    logger,
    metrics,
    random: house.random,
  })
  running.onChange(next => {
    const rebuilt = build(next)
    server.replaceRoutes(rebuilt)
    doors = rebuilt
    void warnOfDefault(next, house, logger).catch(() => {})
  })
  const { host, port } = await server.listen()
  const { deliveries, relyingParty, secretUses } = kept
  const notifier = { notifyDue: (signal?: AbortSignal) => doors.notifier.notifyDue(signal) }
  const jobs = startJobs({ house, notifier, deliveries, relyingParty, running, logger, metrics })
  const readyInMs = Math.round(house.clock.now().getTime() - startedAt.getTime())
  logger.info({ issuer: config.issuer, listen: `${host}:${port}`, ready_in_ms: readyInMs, pid: process.pid }, 'ready')
  return {
    url: config.issuer,
    async close() {
      // A mail server that is slow keeps no request waiting for the end.
      await Promise.all([jobs.stop(), server.close()])
      await prompt.settled()
      await deliveries.settled()
      await secretUses.flush()
    },
  }
}

/** What is decided when the server starts, and stays. */
function serverSettings(
  config: Config,
): Pick<
  HttpServerSettings,
  'issuerPath' | 'issuerIsHttps' | 'listen' | 'tls' | 'trustedProxies' | 'clientCertificates' | 'logRequests'
> {
  const { issuer, listen, tls, proxies, log } = config
  const { clientCertificateHeader: proxyHeader } = proxies
  return {
    issuerPath: issuerPathOf(config),
    issuerIsHttps: issuer.startsWith('https:'),
    listen,
    ...(tls === undefined ? {} : { tls }),
    trustedProxies: createAddressList(proxies.trusted),
    clientCertificates: {
      isAskedFor: tls?.requestsClientCertificate === true,
      ...(proxyHeader === undefined ? {} : { proxyHeader }),
      isProxyVerifying: proxies.clientCertificatesVerified,
    },
    logRequests: log.requests,
  }
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
