/** A client as people of one language read it (OIDC Registration §2.1): `client_name#de` counts before `client_name`. */

import type { Client } from './client.ts'

const MEMBERS = {
  client_name: 'name',
  client_uri: 'websiteUrl',
  logo_uri: 'logoUrl',
  tos_uri: 'termsUrl',
  policy_uri: 'policyUrl',
} as const

/** `language`: `de`; a text for one region of it (`de-AT`) is better than one in another language. */
export function inLanguage(client: Client, language: string): Client {
  const { localized } = client
  if (localized === undefined) return client
  const translated = Object.entries(MEMBERS).flatMap(([name, member]) => {
    const text = textIn(localized, name, language)
    return text === undefined ? [] : [[member, text]]
  })
  return { ...client, ...Object.fromEntries(translated) }
}

/** BCP 47 §2.1.1: tags are compared without regard to case. */
function textIn(localized: Readonly<Record<string, string>>, name: string, language: string): string | undefined {
  const wanted = `${name}#${language}`.toLowerCase()
  const found = Object.entries(localized).map(([key, text]) => [key.toLowerCase(), text] as const)
  return (found.find(([key]) => key === wanted) ?? found.find(([key]) => key.startsWith(`${wanted}-`)))?.[1]
}
