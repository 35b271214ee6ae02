/** Settings from `sallyport.yaml`, environment and files → the configuration, or every mistake at once. */

import { dirname, join, resolve } from 'node:path'
import type { ShownSetting } from '../core/administration/ports.ts'
import { checkSettings } from './check-settings.ts'
import type { Config, MasterKeySource } from './config.ts'
import type { ParsedSettings } from './config-schema.ts'
import type { DeclaredThings } from './declared-things.ts'
import { inReadingOrder, type Mistake } from './mistake.ts'
import { ownSecretsInThings } from './own-secrets-in-things.ts'
import { readEnvironment } from './read-environment.ts'
import { type FileSources, readSettingsFile, withoutEmptySections } from './read-settings-file.ts'
import { readSecrets, type Secrets } from './secret-files.ts'
import { createReadReference } from './secret-references.ts'
import { shownSettings } from './shown-settings.ts'
import { layerStored } from './stored-settings.ts'
import { isThingSection } from './thing-sections.ts'
import { readTlsFiles, type TlsFilePaths } from './tls-files.ts'
import type { WrittenSettings } from './written-settings.ts'

export type ConfigSources = FileSources

export type LoadedConfig = { readonly config: Config } | { readonly mistakes: readonly Mistake[] }

export async function loadConfig(sources: ConfigSources): Promise<LoadedConfig> {
  // Secrets are written by editors and by `echo`: the line break at the end is not part of them.
  const readText = (path: string): string => sources.readFile(resolve(sources.cwd, path)).replace(/\r?\n$/, '')
  const files = await readSettingsFile(sources, readText)
  const { things, mistakes: thingMistakes, settings: fromFiles } = await thingsIn(files)
  const written = readEnvironment(sources.env, withoutEmptySections(fromFiles))
  const { settings, mistakes } = checkSettings(written)
  // Also when another setting is wrong: whoever mends the settings wants every mistake at once.
  const secrets = readSecrets(written, readText)
  const { tls, mistakes: tlsMistakes } = readTlsFiles(written, readText)
  const all = [...written.mistakes, ...mistakes, ...secrets.mistakes, ...tlsMistakes, ...thingMistakes]
  if (settings === undefined || all.length > 0) return { mistakes: inReadingOrder(all) }
  const config = configOf(settings, secrets, tls, sources.cwd)
  const { vault } = config.secrets
  const own = { readText, ...ownSecrets(config) }
  const leaks = ownSecretsInThings(things, own, files)
  if (leaks.length > 0) return { mistakes: inReadingOrder(leaks) }
  const readReference = createReadReference({ env: sources.env, vault, ...own })
  const whole = (ofSettings: SettingsOnly, shown: readonly ShownSetting[]): Config => ({
    ...ofSettings,
    declared: things,
    shown,
    readReference,
    withStored(stored) {
      const { left, ...layered } = layerStored(written, stored)
      const shownWith = shownSettings(layered.written, stored, left)
      return { config: whole(configOf(layered.settings, secrets, tls, sources.cwd), shownWith), left }
    },
  })
  return { config: whole(config, shownSettings(written)) }
}

type SettingsOnly = Omit<Config, 'readReference' | 'declared' | 'shown' | 'withStored'>

/** The rules of things are loaded when there are some. */
async function thingsIn(files: WrittenSettings): Promise<DeclaredThings> {
  if (!Object.keys(files.tree).some(isThingSection)) return { things: [], mistakes: [], settings: files }
  const { takeThings } = await import('./declared-things.ts')
  return takeThings(files)
}

/** What no upstream may get. */
function ownSecrets({ masterKey, database, mail }: SettingsOnly): {
  readonly ours: readonly string[]
  readonly ourFiles: readonly string[]
} {
  const password = database.startsWith(SQLITE) ? undefined : URL.parse(database)?.password
  const given = masterKey.kind === 'given' ? masterKey.text : undefined
  const all = [given, database, password, password && decoded(password), mail?.password]
  return {
    ours: all.filter(text => text !== undefined),
    ourFiles: masterKey.kind === 'own-file' ? [masterKey.path] : [],
  }
}

function configOf(
  settings: ParsedSettings,
  secrets: Secrets,
  tls: TlsFilePaths | undefined,
  cwd: string,
): SettingsOnly {
  const { issuer, listen, proxies, outbound, log, sessions } = settings
  const { tokens, flows, throttling, passwords, branding, metrics, audit } = settings
  const database = absoluteDatabase(secrets.database ?? settings.database, cwd)
  return {
    issuer,
    listen,
    database,
    masterKey: masterKeySource(secrets.masterKey ?? settings.master_key, database, cwd),
    ...(tls === undefined ? {} : { tls: tlsOf(tls, settings, cwd) }),
    proxies,
    outbound,
    log,
    sessions,
    tokens,
    flows,
    authentication: settings.authentication,
    authorizationDetails: settings.authorization_details,
    requests: settings.requests,
    device: settings.device,
    dpop: settings.dpop,
    attestation: settings.attestation,
    throttling,
    passwords,
    branding,
    metrics,
    audit,
    registration: settings.registration,
    clientIdMetadataDocuments: settings.client_id_metadata_documents,
    resources: settings.resources,
    assertionIssuers: settings.assertion_issuers,
    apply: settings.apply,
    ...mailOf(settings.mail, secrets.mailPassword),
    broker: settings.broker,
    secrets: secretPlaces(settings.secrets, cwd),
  }
}

function secretPlaces({ vault }: ParsedSettings['secrets'], cwd: string): Config['secrets'] {
  return vault === undefined ? {} : { vault: resolve(cwd, vault) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** RFC 8314 §3: 465 is TLS from the first byte, 587 begins without. */
function mailOf(
  { server, from, user, password, tls }: ParsedSettings['mail'],
  fromFile: string | undefined,
): Pick<Config, 'mail'> {
  if (server === undefined || from === undefined) return {}
  const url = new URL(server)
  const isTls = url.protocol === 'smtps:'
  const secret = fromFile ?? password
  return {
    mail: {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? (isTls ? 465 : 587) : Number(url.port),
      isTls,
      startTls: tls,
      ...(user === undefined ? {} : { user }),
      ...(secret === undefined ? {} : { password: secret }),
      from,
    },
  }
}

function tlsOf(tls: TlsFilePaths, settings: ParsedSettings, cwd: string): NonNullable<Config['tls']> {
  return {
    certificateFile: resolve(cwd, tls.certificateFile),
    keyFile: resolve(cwd, tls.keyFile),
    requestsClientCertificate: settings.tls.client_certificates === 'request',
    ...(tls.clientCaFile === undefined ? {} : { clientCaFile: resolve(cwd, tls.clientCaFile) }),
  }
}

const SQLITE = 'sqlite:'

function absoluteDatabase(database: string, cwd: string): string {
  if (!database.startsWith(SQLITE) || database === `${SQLITE}:memory:`) return database
  return SQLITE + resolve(cwd, database.slice(SQLITE.length))
}

function masterKeySource(text: string | undefined, database: string, cwd: string): MasterKeySource {
  if (text !== undefined) return { kind: 'given', text: text.trim() }
  const isSqliteFile = database.startsWith(SQLITE) && database !== `${SQLITE}:memory:`
  const folder = isSqliteFile ? dirname(database.slice(SQLITE.length)) : resolve(cwd, 'data')
  return { kind: 'own-file', path: join(folder, 'master.key') }
}
