/** Rules about the server, its accounts and its keys. */

import { createAddressList, isAddressRange } from '../../lib/addresses.ts'
import type { Found } from './finding.ts'
import { foundInSetting, type LintFacts, settingOf, someOf, textsOf } from './lint-facts.ts'
import type { LintRule } from './lint-rule.ts'

const DAY_MS = 86_400_000
const OLD_KEY_DAYS = 730
/** Where so many depend on one person, one person is too few. */
const MANY_ACCOUNTS = 10
const SHORT_PASSWORD = 8

export const HOUSE_RULES: readonly LintRule[] = [
  {
    id: 'issuer-unreachable',
    severity: 'warning',
    title: 'The issuer names a port where the server does not listen',
    why: 'Nobody stands between them: there is no proxy that is trusted. Apps and browsers follow the issuer, and find nothing; or a proxy is there and its `X-Forwarded-For` is not believed, so every person seems to come from it.',
    fix: 'Correct `issuer` or `listen`, or name the proxy in `proxies.trusted`.',
    check: unreachableIssuer,
  },
  {
    id: 'proxies-trust-everybody',
    severity: 'error',
    title: 'Everybody is believed about addresses',
    why: 'A header that anybody can send says where they come from: networks in policies, throttling and the audit are worth nothing.',
    fix: 'List the addresses of your proxies in `proxies.trusted`, and nothing else.',
    check: facts => wholeInternet(facts, 'proxies.trusted', 'trusts every address'),
  },
  {
    id: 'throttling-trusts-everybody',
    severity: 'warning',
    title: 'Nobody is slowed down who guesses passwords',
    why: '`throttling.trusted_addresses` holds the whole internet.',
    fix: 'List your own addresses only.',
    check: facts => wholeInternet(facts, 'throttling.trusted_addresses', 'trusts every address'),
  },
  {
    id: 'outbound-allows-everything',
    severity: 'warning',
    title: 'The server may be sent to every address of the inner network',
    why: 'Apps name URLs that we ask (keys, logos, documents). An app that registers itself could have us ask the neighbours.',
    fix: 'List the hosts that are needed in `outbound.allow_private`.',
    check: facts => wholeInternet(facts, 'outbound.allow_private', 'allows every address'),
  },
  {
    id: 'throttling-off',
    severity: 'warning',
    title: 'Nobody is slowed down who guesses passwords',
    why: 'As many passwords can be tried as the machine can check.',
    fix: 'Take `throttling.enabled: false` away.',
    check: facts =>
      settingOf(facts, 'throttling.enabled') === false
        ? [foundInSetting(facts, 'throttling.enabled', 'throttling is switched off')]
        : [],
  },
  {
    id: 'passwords-short',
    severity: 'warning',
    title: 'Very short passwords are allowed',
    why: 'They are guessed, also where guessing is slowed down (NIST SP 800-63B §5.1.1 asks for 8 characters at least).',
    fix: '`passwords.min_length: 8`, or more.',
    check: facts => {
      const least = settingOf(facts, 'passwords.min_length')
      return typeof least === 'number' && least < SHORT_PASSWORD
        ? [foundInSetting(facts, 'passwords.min_length', `${least} characters are enough`)]
        : []
    },
  },
  {
    id: 'registration-open',
    severity: 'warning',
    title: 'Anybody may register an app',
    why: 'Whoever reaches the server can make an app with a name of their choice, and send people to its consent page.',
    fix: '`registration.mode: initial_access_token`, unless that is what you want.',
    check: facts =>
      settingOf(facts, 'registration.mode') === 'open'
        ? [foundInSetting(facts, 'registration.mode', 'registration is open to everybody')]
        : [],
  },
  {
    id: 'account-without-way-in',
    severity: 'info',
    title: 'Somebody has an account and cannot sign in to it',
    why: 'It has neither a password nor a link to an upstream; fine for an account that only systems speak about.',
    fix: '`sallyport account set-password NAME`, `sallyport identity link`, or disable it.',
    check: ({ house }) =>
      (house?.withoutWayIn ?? []).map(
        (username): Found => ({
          resource: 'accounts',
          key: username,
          field: 'has_password',
          message: 'has no password and no identity',
        }),
      ),
  },
  {
    id: 'no-administrator',
    severity: 'warning',
    title: 'Nobody can manage this server',
    why: 'There are accounts, and none that may sign in has the role administrator.',
    fix: '`sallyport account create NAME --role administrator`, or `sallyport setup-link`.',
    check: ({ house }) =>
      house !== undefined && house.accounts > 0 && house.administrators.length === 0
        ? [{ resource: 'accounts', field: 'role', message: 'no account that may sign in is an administrator' }]
        : [],
  },
  {
    id: 'last-administrator',
    severity: 'info',
    title: 'One person alone manages this server',
    why: 'When their account is lost, only the command line helps.',
    fix: 'Give a second person the role administrator.',
    check: ({ house }) =>
      house !== undefined && house.accounts > MANY_ACCOUNTS && house.administrators.length === 1
        ? [
            {
              resource: 'accounts',
              key: someOf(house.administrators),
              field: 'role',
              message: `is the only administrator of ${house.accounts} accounts`,
            },
          ]
        : [],
  },
  {
    id: 'key-too-old',
    severity: 'info',
    title: 'A key has signed for a long time',
    why: 'The longer a key is used, the more hangs on it, and the longer it is since anybody tried whether apps bear another one.',
    fix: '`sallyport key rotate ALG`: the old one stays published until its last token has ended.',
    check: ({ house, now }) =>
      (house?.keys ?? []).flatMap(({ kid, alg, createdAt }): readonly Found[] => {
        const days = Math.floor((now.getTime() - createdAt.getTime()) / DAY_MS)
        return days > OLD_KEY_DAYS
          ? [{ resource: 'keys', key: kid, message: `the ${alg} key is ${days} days old` }]
          : []
      }),
  },
]

/** A network with a prefix so short that it holds about everybody. */
function wholeInternet(facts: LintFacts, name: string, message: string): readonly Found[] {
  const ranges = textsOf(settingOf(facts, name)).filter(isAddressRange)
  const everybody = ranges.filter(range => {
    const list = createAddressList([range])
    return (list.has('198.51.100.1') && list.has('8.8.8.8')) || (list.has('2001:db8::1') && list.has('2a00::1'))
  })
  return everybody.map(range => foundInSetting(facts, name, `${range} ${message}`))
}

function unreachableIssuer(facts: LintFacts): readonly Found[] {
  const url = URL.parse(facts.issuer)
  const listens = /:(\d+)$/.exec(`${settingOf(facts, 'listen') ?? ''}`)?.[1]
  if (url === null || listens === undefined || textsOf(settingOf(facts, 'proxies.trusted')).length > 0) return []
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  const message = `${facts.issuer} is at port ${port}, the server listens on port ${listens}, and no proxy is trusted`
  return port === listens ? [] : [foundInSetting(facts, 'issuer', message)]
}
