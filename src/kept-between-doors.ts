/**
 * What outlives the doors when they are built again with other settings: everything that remembers. Guesses that are being checked, secrets
 * that were proven, key sets that were fetched, deliveries under way: a changed setting must forget none of it, or it would be a way around.
 */

import type { Config } from './config/config.ts'
import { createPasswordSignIn, type SignInWithPassword } from './core/authentication/password-sign-in.ts'
import { withUpgradedPassword } from './core/authentication/upgrade-password.ts'
import { type CheckSecret, createSecretCheck } from './core/clients/authentication/check-secret.ts'
import { type ClientKeys, createClientKeys } from './core/clients/client-keys.ts'
import { createSecretGuesses } from './core/clients/secret-guesses.ts'
import { createSecretUses, type SecretUses } from './core/clients/secret-uses.ts'
import type { Deliveries } from './core/deliveries/deliveries.ts'
import { mailCarrier } from './core/deliveries/mail.ts'
import { createPostRoom } from './core/deliveries/post-room.ts'
import type { KeyRing } from './core/keys/key-ring.ts'
import { createDocumentMemory, type DocumentMemory } from './core/registration/document-clients.ts'
import type { RelyingParty } from './core/upstreams/relying-party.ts'
import { logoutCarrier } from './core/upstreams/sign-out/logout-carrier.ts'
import { type House, openRelyingParty } from './house.ts'
import { type AddressList, createAddressList, throttlePrefix } from './lib/addresses.ts'
import type { GuardedFetch } from './lib/guarded-fetch.ts'
import type { Logger } from './lib/logger.ts'
import { createMailer } from './lib/mailer.ts'
import type { RunningSettings } from './running-settings.ts'
import { clientDocumentsFetch } from './ways-out.ts'

export interface KeptBetweenDoors {
  readonly house: House
  readonly keys: KeyRing
  readonly logger: Logger
  readonly running: RunningSettings
  /** By the settings of now. */
  readonly throttlePrefix: (address: string) => string | undefined
  readonly secretUses: SecretUses
  readonly checkSecret: CheckSecret
  readonly signInWithPassword: SignInWithPassword
  readonly clientDocuments: GuardedFetch
  readonly clientKeys: ClientKeys
  readonly documentMemory: DocumentMemory
  readonly relyingParty: RelyingParty
  readonly deliveries: Deliveries
}

export function createKept(house: House, keys: KeyRing, running: RunningSettings, logger: Logger): KeptBetweenDoors {
  const { repositories, clock, random, hasher, secretHasher } = house
  const { accounts, throttle, commit } = repositories
  const throttlePrefixNow = throttleBy(running)
  const secretUses = createSecretUses({
    ...repositories,
    clock,
    onFailure: error => logger.error({ err: error }, 'the use of a client secret was not noted'),
  })
  const guesses = createSecretGuesses({ throttle, commit, throttlePrefix: throttlePrefixNow })
  const clientDocuments = clientDocumentsFetch(running.config)
  const metadataRefreshSeconds = () => running.config.broker.metadataRefreshSeconds
  const relyingParty = openRelyingParty(running.config, house, keys, logger, metadataRefreshSeconds)
  return {
    house,
    keys,
    logger,
    running,
    throttlePrefix: throttlePrefixNow,
    secretUses,
    checkSecret: createSecretCheck({
      verifier: secretHasher,
      guesses,
      processKey: random.bytes(32),
      uses: secretUses,
    }),
    signInWithPassword: createPasswordSignIn({
      accounts,
      throttle,
      handles: keys.handles,
      passwords: hasher,
      clock,
      throttlePrefix: throttlePrefixNow,
      upgrade: (account, password) => withUpgradedPassword(account, password, { accounts, commit, passwords: hasher }),
    }),
    clientDocuments,
    clientKeys: createClientKeys({ fetch: clientDocuments, sealer: keys.sealer, clock }),
    documentMemory: createDocumentMemory(clock.now()),
    relyingParty,
    deliveries: postRoom(house, keys, running, relyingParty, logger),
  }
}

function postRoom(
  { repositories, journal, clock, random }: House,
  keys: KeyRing,
  running: RunningSettings,
  relyingParty: RelyingParty,
  logger: Logger,
): Deliveries {
  const { mail } = running.config
  const mailed =
    mail === undefined
      ? []
      : [mailCarrier(letter => createMailer({ ...mail, fromName: running.config.branding.name })(letter))]
  return createPostRoom({
    deliveries: repositories.deliveries,
    carriers: [...mailed, logoutCarrier({ relyingParty, upstreams: repositories.upstreams })],
    journal,
    sealer: keys.sealer,
    clock,
    random,
    logger,
  })
}

function throttleBy(running: RunningSettings): (address: string) => string | undefined {
  const lists = new WeakMap<Config, AddressList>()
  const trustedBy = (config: Config): AddressList => {
    const list = lists.get(config) ?? createAddressList(config.throttling.trustedAddresses)
    lists.set(config, list)
    return list
  }
  return address => {
    const { config } = running
    const isBraked = config.throttling.enabled && !trustedBy(config).has(address)
    return isBraked ? throttlePrefix(address) : undefined
  }
}
