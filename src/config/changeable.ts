/**
 * Which settings may be changed while the server runs, by API, console and command line: the rules of the house. Never what is needed to
 * open it (issuer, address, database, master key, mail server, files), what guards the machine or says whom it believes about addresses
 * (tls, proxies, outbound, metrics, log, secrets), and never whose signature is taken for a proof (attestation, assertion_issuers,
 * software statements): whoever gets hold of an administrator's session must not be able to have themselves believed for good.
 */

const SECTIONS: readonly string[] = [
  'sessions',
  'tokens',
  'flows',
  'authentication',
  'authorization_details',
  'requests',
  'device',
  'dpop',
  'throttling',
  'passwords',
  'branding',
  'broker',
  'audit',
  'registration',
  'client_id_metadata_documents',
  'resources',
  'lint',
]

/** In these sections, and not for everybody to change. */
const EXCEPT: readonly string[] = ['registration.software_statement_issuers']

/** `tokens.access_token` */
export function isChangeable(name: string): boolean {
  const [section = ''] = name.split('.')
  return SECTIONS.includes(section) && !EXCEPT.includes(name)
}
