/** One of each page in each of its states: what the tests render, and what a designer looks at. */

import type { ErrorKind } from '../../../http/error-page.ts'
import { type ConsentPage, renderConsent } from './consent.ts'
import { renderError } from './error.ts'
import { renderHome } from './home.ts'
import { type LoginPage, renderLogin } from './login.ts'
import type { Page } from './page.ts'
import { renderSetup, type SetupPage } from './setup.ts'
import { renderSetupDone } from './setup-done.ts'
import { renderSetupInvalid } from './setup-invalid.ts'
import { renderSignOut } from './sign-out.ts'
import { renderSignedOut } from './signed-out.ts'

export interface Sample {
  /** The page and its state: `login-wrong-credentials`. */
  readonly name: string
  render(page: Page): string
}

const LOGO =
  'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 56 56"%3E%3Crect width="56" height="56" rx="14" fill="%233b5bdb"/%3E%3Cpath d="M14 38V28h7v10zm10.5 0V18h7v20zM35 38V23h7v15z" fill="%23fff"/%3E%3C/svg%3E'
const FORM = { flowId: '019aa5d27d5c7e3f9b1d8c4a6f20e317', csrf: 'k3J9vQ2mX7pR' }
const ACCOUNT = { name: 'Ada Lovelace', detail: 'ada@example.org' }
const CLIENT = { clientName: 'Dashboard', clientLogoUrl: LOGO }

const CONSENT: Omit<ConsentPage, keyof Page> = {
  ...FORM,
  client: {
    name: 'Dashboard',
    description: 'Figures of all departments, fresh every morning.',
    logoUrl: LOGO,
    websiteUrl: 'https://dashboard.example.org/',
    termsUrl: 'https://dashboard.example.org/terms',
    policyUrl: 'https://dashboard.example.org/privacy',
    contactEmail: 'help@dashboard.example.org',
  },
  account: ACCOUNT,
  scopes: ['openid', 'profile', 'email', 'groups'].map(scope => ({ scope, isNew: false })),
  returnHost: 'dashboard.example.org',
  remembered: { kind: 'until-withdrawn' },
}

const ALL_SCOPES = ['openid', 'profile', 'email', 'groups', 'address', 'phone', 'offline_access', 'reports:read']

/** Text that would run if it were not escaped. */
export const HOSTILE = `"><script>document.title='broken'</script><img src=x onerror="document.title='broken'">`

export const SAMPLES: readonly Sample[] = [
  login('login', {}),
  login('login-own-pages', { clientName: undefined, clientLogoUrl: undefined }),
  login('login-wrong-credentials', { username: 'ada', problem: { kind: 'wrong-credentials' } }),
  login('login-slow-down', { username: 'ada', problem: { kind: 'slow-down', seconds: 30 } }),
  login('login-busy', { username: 'ada', problem: { kind: 'busy' } }),
  login('login-select-account', { continueAs: { name: 'Ada Lovelace', username: 'ada@example.org' } }),
  login('login-reauthenticate', { reauthenticate: { username: 'ada' } }),
  login('login-hostile', { clientName: HOSTILE, clientLogoUrl: HOSTILE, loginHint: HOSTILE }),
  consent('consent', {}),
  consent('consent-everything', {
    scopes: ALL_SCOPES.map((scope, index) => ({ scope, isNew: index > 4 })),
    remembered: { kind: 'for', seconds: 30 * 86_400 },
  }),
  consent('consent-bare', {
    client: { name: 'Notes' },
    scopes: [{ scope: 'openid', isNew: false }],
    returnHost: 'localhost:8080',
    remembered: { kind: 'not' },
  }),
  consent('consent-hostile', {
    client: {
      name: HOSTILE,
      description: HOSTILE,
      logoUrl: 'javascript:alert(1)',
      websiteUrl: 'javascript:alert(1)',
      contactEmail: HOSTILE,
    },
    account: { name: HOSTILE, detail: HOSTILE },
    scopes: [{ scope: HOSTILE, isNew: true }],
    returnHost: HOSTILE,
  }),
  error('unknown-client'),
  error('bad-redirect-uri'),
  error('bad-request'),
  error('stale'),
  error('no-cookies'),
  error('server-error'),
  error('not-found'),
  error('too-large'),
  error('busy'),
  { name: 'sign-out', render: page => renderSignOut({ ...page, csrf: FORM.csrf, account: ACCOUNT }) },
  {
    name: 'sign-out-asked',
    render: page => renderSignOut({ ...page, ...FORM, account: ACCOUNT, client: { name: 'Dashboard', logoUrl: LOGO } }),
  },
  { name: 'signed-out', render: page => renderSignedOut({ ...page, signInHref: '/' }) },
  {
    name: 'signed-out-back',
    render: page =>
      renderSignedOut({ ...page, goBack: { href: 'https://dashboard.example.org/', clientName: 'Dashboard' } }),
  },
  setup('setup', {}),
  setup('setup-problems', {
    entered: { username: '', name: 'Ada Lovelace', email: 'ada@example' },
    problems: [
      { field: 'username', kind: 'username-empty' },
      { field: 'email', kind: 'email-invalid' },
      { field: 'password', kind: 'password-too-short' },
      { field: 'password_again', kind: 'passwords-differ' },
    ],
  }),
  setupInvalid('setup-invalid', false),
  setupInvalid('setup-invalid-done', true),
  {
    name: 'setup-done',
    render: page => renderSetupDone({ ...page, name: 'Ada', issuer: 'http://localhost:4000' }),
  },
  {
    name: 'home-signed-out',
    render: page => renderHome({ ...page, visitor: { kind: 'signed-out', signInHref: '/login' } }),
  },
  home('home', false),
  home('home-administrator', true),
]

function login(name: string, changes: Partial<LoginPage>): Sample {
  return { name, render: page => renderLogin({ ...FORM, ...CLIENT, ...changes, ...page }) }
}

function consent(name: string, changes: Partial<ConsentPage>): Sample {
  return { name, render: page => renderConsent({ ...CONSENT, ...changes, ...page }) }
}

const RETRIES: ReadonlySet<ErrorKind> = new Set(['stale', 'no-cookies', 'server-error', 'busy'])

function error(kind: ErrorKind): Sample {
  return {
    name: `error-${kind}`,
    render: page =>
      renderError({
        ...page,
        kind,
        code: 'K7QM-4XTB',
        ...(RETRIES.has(kind) && { retryHref: '/' }),
        ...(kind === 'bad-request' && {
          goBack: { href: 'https://dashboard.example.org/', clientName: 'Dashboard' },
        }),
      }),
  }
}

function setup(name: string, changes: Partial<SetupPage>): Sample {
  return { name, render: page => renderSetup({ token: FORM.csrf, ...changes, ...page }) }
}

function setupInvalid(name: string, administratorExists: boolean): Sample {
  return { name, render: page => renderSetupInvalid({ ...page, administratorExists, signInHref: '/login' }) }
}

function home(name: string, isAdministrator: boolean): Sample {
  return {
    name,
    render: page =>
      renderHome({
        ...page,
        visitor: {
          kind: 'signed-in',
          csrf: FORM.csrf,
          account: ACCOUNT,
          authTime: new Date('2026-11-21T10:17:00Z'),
          isAdministrator,
        },
      }),
  }
}
