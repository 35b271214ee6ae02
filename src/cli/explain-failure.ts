/** What the system says when it fails, in words that tell an administrator what to do. */

import { EXIT, type ExitCode } from './exit-codes.ts'

export interface ExplainedFailure {
  readonly message: string
  readonly exitCode: ExitCode
}

/** Nothing for an error that nobody foresaw. */
export function explainFailure(error: Error): ExplainedFailure | undefined {
  const { code, address, port, errcode } = error as Error & Partial<SystemFailure>
  const where = port === undefined ? (address ?? 'the address') : `${address}:${port}`
  if (error.name === 'WrongMasterKey') {
    const message = `${error.message}; give this server the master key that made the database (SALLYPORT_MASTER_KEY, or the file master.key)`
    return { message, exitCode: EXIT.configuration }
  }
  if (error.name === 'WrongDeclarations') return { message: error.message, exitCode: EXIT.configuration }
  if (code === 'EADDRINUSE') {
    return failure(`${where} is taken by another process; choose another with SALLYPORT_LISTEN (and SALLYPORT_ISSUER)`)
  }
  if (code === 'EADDRNOTAVAIL') return failure(`${where} is no address of this machine; see SALLYPORT_LISTEN`)
  if (code === 'EACCES' && port !== undefined)
    return failure(`${where} may not be listened on; ports below 1024 need a privilege`)
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'ETIMEDOUT') {
    return failure(`the database does not answer (${error.message}); see SALLYPORT_DATABASE`)
  }
  // PostgreSQL Appendix A: 28P01 invalid_password, 28000 invalid_authorization_specification, 3D000 invalid_catalog_name.
  if (code === '28P01' || code === '28000' || code === '3D000') {
    return failure(`the database refuses us: ${error.message}; see SALLYPORT_DATABASE`)
  }
  // SQLITE_NOTADB.
  if (errcode === 26) return failure('the file that SALLYPORT_DATABASE names is no SQLite database')
  return undefined
}

interface SystemFailure {
  readonly code: string
  readonly address: string
  readonly port: number
  readonly errcode: number
}

function failure(message: string): ExplainedFailure {
  return { message, exitCode: EXIT.failure }
}
