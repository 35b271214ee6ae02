/** The certificate for TLS without a proxy: from PEM files, read again when they change, without losing a connection. */

import { unwatchFile, watchFile } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Server } from 'node:https'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import type { Logger } from '../lib/logger.ts'

export interface TlsFiles {
  /** PEM: the certificate and the chain above it. */
  readonly certificateFile: string
  /** PEM, not encrypted. */
  readonly keyFile: string
  /** Clients are asked for a certificate; those that have none come in all the same. */
  readonly requestsClientCertificate?: boolean
  /** PEM: the authorities whose client certificates count as verified (RFC 8705 §2.1). */
  readonly clientCaFile?: string
}

/** Looked at by polling: secrets that are mounted into containers change by links, which file events miss. */
const LOOK_EVERY_MS = 5_000

export async function readCertificate(files: TlsFiles): Promise<SecureContextOptions> {
  const { certificateFile, keyFile, requestsClientCertificate, clientCaFile } = files
  const [cert, key] = await Promise.all([readFile(certificateFile), readFile(keyFile)])
  // Without authorities of its own the server would believe every public one about its clients.
  const ca =
    requestsClientCertificate !== true ? undefined : clientCaFile === undefined ? [] : await readFile(clientCaFile)
  // RFC 9325 §3.1.1: nothing older than TLS 1.2.
  const options: SecureContextOptions = { cert, key, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) }
  try {
    // Throws when certificate and key do not belong together, as they may for a moment during a renewal.
    createSecureContext(options)
  } catch (error) {
    throw new Error(`TLS certificate ${certificateFile} with key ${keyFile}: ${messageOf(error)}`)
  }
  return options
}

export interface CertificateReloader {
  /** Takes the files as they are now; on a mistake in them the old certificate stays, and the log says why. */
  reload(): Promise<void>
  stop(): void
}

export function reloadOnChange(
  server: Server,
  files: TlsFiles,
  logger: Logger,
  lookEveryMs = LOOK_EVERY_MS,
): CertificateReloader {
  const reload = async (): Promise<void> => {
    try {
      server.setSecureContext(await readCertificate(files))
      logger.info({ certificateFile: files.certificateFile }, 'TLS certificate reloaded')
    } catch (err) {
      logger.error({ err }, 'TLS certificate not reloaded, the old one stays')
    }
  }
  const onChange = (): void => void reload()
  const watched = [
    files.certificateFile,
    files.keyFile,
    ...(files.clientCaFile === undefined ? [] : [files.clientCaFile]),
  ]
  for (const path of watched) watchFile(path, { interval: lookEveryMs, persistent: false }, onChange)
  return {
    reload,
    stop: () => {
      for (const path of watched) unwatchFile(path, onChange)
    },
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
