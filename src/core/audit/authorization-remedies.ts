/** Remedies for refusals of what an app asks for beyond scopes, and of the way it wants its answer. */

import { clientCommand, listOf, type RemedyRow, sentence, textOf, theApp, widerMetadata } from './remedy-row.ts'

export const AUTHORIZATION_REMEDIES: readonly RemedyRow[] = [
  {
    rule: 'response_modes of the client',
    why: about =>
      sentence(
        theApp(about),
        `wants its answer by way of ${textOf(about.facts.response_mode)}, and may not have it so`,
      ),
    advice: 'Add the way to those of the app, if it can take an answer there.',
    setting: 'response_modes',
    commands: about => {
      const modes = [...listOf(about.facts.allowed), ...listOf(about.facts.response_mode)]
      return clientCommand('edit', ['--set', `response_modes=${JSON.stringify(modes)}`])(about)
    },
  },
  {
    rule: 'OAuth 2.0 Multiple Response Types §5, JARM §2.3.1 no token in the query',
    why: ({ facts }) =>
      sentence('an answer to response_type', textOf(facts.response_type), 'holds a token, and a query is kept in logs'),
    advice: 'Whoever looks after the app has it ask for response_mode fragment or form_post.',
  },
  {
    rule: 'OAuth 2.0 Form Post Response Mode §2 redirect_uri is a web address',
    why: ({ facts }) => sentence('an answer by way of', textOf(facts.response_mode), 'goes to web addresses only'),
    advice: 'Whoever looks after the app has it leave response_mode out.',
  },
  {
    rule: 'RFC 9449 §5, RFC 8705 §3 bound access tokens come from the token endpoint',
    why: about =>
      sentence(
        theApp(about),
        'asked for an access token in the redirect, but its tokens are bound to a key or certificate',
      ),
    advice: 'Whoever looks after the app has it ask for a code, which is exchanged with a proof.',
    setting: 'dpop_bound_access_tokens',
    commands: clientCommand('show'),
  },
  {
    rule: 'RFC 9396 §5 the type is known and the client may use it (authorization_details.types)',
    why: about => sentence(theApp(about), `asked for authorization details of type ${textOf(about.facts.type)}`),
    advice: 'If the app may use it, the type has to stand in the setting of the server and among those of the app.',
    setting: 'authorization_details.types',
    commands: widerMetadata('authorization_details_types', 'allowed', 'type'),
  },
  {
    rule: 'OIDC Core §5.5.1.1 an essential acr is reached (authentication.acr_values)',
    why: about => sentence(theApp(about), 'insists on a sign-in of the class', textOf(about.facts.asked)),
    advice: ({ facts }) =>
      `No way to sign in here reaches it. Known are: ${textOf(facts.known) ?? 'none'}. Name the class in the setting, if a sign-in here is worth it, or have the app ask for less.`,
    setting: 'authentication.acr_values',
  },
  {
    rule: 'RFC 9470 §5 the sign-in is as strong as the app asks for (authentication.acr_values)',
    why: about =>
      sentence(theApp(about), 'asked without a page, but wants a stronger sign-in than the one this browser has'),
    advice: 'Nothing is wrong: the app has to send the person through a visible sign-in.',
    setting: 'authentication.acr_values',
  },
]
