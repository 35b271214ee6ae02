/** What an alias of Keycloak is here: part of the same addresses, in small letters. */

export function aliasHere(alias: string): string {
  return alias
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 63)
}
