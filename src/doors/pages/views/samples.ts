/** One of each page in each of its states: what the tests render, and what a designer looks at. */

import { encode } from 'uqr'
import type { ErrorKind } from '../../../http/error-page.ts'
import { type ApprovalPage, renderApproval } from './approval.ts'
import { type ApprovalDonePage, renderApprovalDone } from './approval-done.ts'
import { type ConsentPage, renderConsent } from './consent.ts'
import { type DevicePage, renderDevice } from './device.ts'
import { renderDeviceCode } from './device-code.ts'
import { renderError } from './error.ts'
import { renderFormPost } from './form-post.ts'
import { renderHome, type ShownApp, type SignedInVisitor } from './home.ts'
import { type LoginPage, renderLogin } from './login.ts'
import type { Page } from './page.ts'
import { renderSetup, type SetupPage } from './setup.ts'
import { renderSetupDone } from './setup-done.ts'
import { renderSetupInvalid } from './setup-invalid.ts'
import { renderSignOut } from './sign-out.ts'
import { renderSignedOut } from './signed-out.ts'
import { renderWebMessage } from './web-message.ts'

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

const APPS: readonly ShownApp[] = [
  { name: 'Dashboard', logoUrl: LOGO, href: 'https://dashboard.example.org/begin' },
  { name: 'Expenses', href: 'https://expenses.example.org/begin' },
  { name: 'A wiki with a name that does not fit in one line', href: 'https://wiki.example.org/begin' },
]

/** As they stand where no script runs. */
const WAITING = { sendsItself: false }
const ANSWER = [
  ['code', 'SplxlOBeZQQYbYS6WxSbIA'],
  ['state', 'af0ifjsldkj'],
] as const

const ALL_SCOPES = ['openid', 'profile', 'email', 'groups', 'address', 'phone', 'offline_access', 'reports:read']

const APPROVAL: Omit<ApprovalPage, keyof Page> = {
  ...FORM,
  client: { name: 'Living-room TV' },
  account: ACCOUNT,
  asked: { kind: 'device', userCode: 'WDJB-MJHT' },
  address: '2001:db8:17::2a',
  userAgent: 'LivingRoom/4.2 (WebOS)',
  requestedAt: new Date('2026-11-21T10:17:00Z'),
  scopes: ['openid', 'profile', 'offline_access'].map(scope => ({ scope, isNew: false })),
  resources: [],
  details: [],
}

const BACKCHANNEL: Partial<ApprovalPage> = {
  client: { name: 'Bank counter', logoUrl: LOGO },
  asked: { kind: 'backchannel', bindingMessage: 'Transfer 4711 · 120 €' },
  userAgent: '',
  scopes: ['openid', 'profile'].map(scope => ({ scope, isNew: false })),
}

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
  login('login-with-links', { clientLinks: CONSENT.client }),
  login('login-hostile', {
    clientName: HOSTILE,
    clientLogoUrl: HOSTILE,
    clientLinks: { name: HOSTILE, policyUrl: 'javascript:alert(1)', contactEmail: HOSTILE },
    loginHint: HOSTILE,
  }),
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
  consent('consent-registered-itself', { client: { name: 'Wiki', origin: 'registration' } }),
  consent('consent-describes-itself', {
    client: { name: 'Reader', origin: 'metadata-document', clientId: 'https://reader.example.com/client.json' },
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
    claims: [{ claim: HOSTILE, isNew: true }],
    resources: [{ uri: HOSTILE, name: HOSTILE, isNew: false }],
    details: [{ type: HOSTILE, [HOSTILE]: HOSTILE, list: [HOSTILE, { [HOSTILE]: [[HOSTILE]] }] }],
    returnHost: HOSTILE,
  }),
  consent('consent-details', {
    client: { name: 'Bookkeeper', logoUrl: LOGO },
    scopes: [{ scope: 'openid', isNew: false }],
    claims: [
      { claim: 'birthdate', isNew: true },
      { claim: 'email_verified', isNew: false },
    ],
    resources: [{ uri: 'https://api.bank.example.org/', name: 'Accounts', isNew: true }],
    details: [
      {
        type: 'payment_initiation',
        actions: ['initiate', 'status', 'cancel'],
        locations: ['https://api.bank.example.org/payments'],
        instructedAmount: { currency: 'EUR', amount: '123.50' },
        creditorName: 'Merchant A',
        creditorAccount: { iban: 'DE02100100109307118603' },
        remittanceInformationUnstructured: 'Invoice 2026-117, thank you very much for shopping with us',
      },
      { type: 'account_information', datatypes: ['balances', 'transactions'], recurring: true },
    ],
    remembered: { kind: 'not' },
  }),
  answer('answer-form-post', page =>
    renderFormPost({ ...page, ...WAITING, action: 'https://dashboard.example.org/callback', params: ANSWER }),
  ),
  answer('answer-web-message', page =>
    renderWebMessage({ ...page, ...WAITING, origin: 'https://dashboard.example.org', params: ANSWER }),
  ),
  device('device', {}),
  device('device-from-link', { userCode: 'WDJB-MJHT' }),
  device('device-not-a-code', { isFromLink: false, userCode: 'WDJ8', problem: { kind: 'not-a-code' } }),
  device('device-unknown-code', { isFromLink: false, userCode: 'WDJB-MJHT', problem: { kind: 'unknown-code' } }),
  device('device-slow-down', {
    isFromLink: false,
    userCode: 'WDJB-MJHT',
    problem: { kind: 'slow-down', seconds: 30 },
  }),
  {
    name: 'device-code',
    render: page =>
      renderDeviceCode({
        ...page,
        userCode: 'WDJB-MJHT',
        verificationUri: 'https://id.example.org/device',
        qr: encode('https://id.example.org/device?user_code=WDJB-MJHT', { border: 0, ecc: 'M' }).data,
      }),
  },
  approval('approval-device', {}),
  approval('approval-device-registered', { client: { name: 'Living-room TV', origin: 'registration' } }),
  approval('approval', BACKCHANNEL),
  approval('approval-details', {
    ...BACKCHANNEL,
    asked: { kind: 'backchannel' },
    resources: [{ uri: 'https://api.bank.example.org/', name: 'Accounts', isNew: false }],
    details: [{ type: 'payment_initiation', amount: { currency: 'EUR', value: '120.00' }, creditor: 'Ada & Sons' }],
  }),
  approval('approval-hostile', {
    ...BACKCHANNEL,
    client: { name: HOSTILE, logoUrl: HOSTILE },
    account: { name: HOSTILE, detail: HOSTILE },
    asked: { kind: 'backchannel', bindingMessage: HOSTILE },
    address: HOSTILE,
    userAgent: HOSTILE,
    scopes: [{ scope: HOSTILE, isNew: false }],
  }),
  approvalDone('device', 'approved'),
  approvalDone('backchannel', 'denied'),
  error('unknown-client'),
  error('bad-redirect-uri'),
  error('bad-request'),
  error('stale'),
  error('used'),
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
  home('home', {}),
  home('home-administrator', { isAdministrator: true }),
  home('home-approvals', {
    approvals: [
      {
        clientName: 'Bank counter',
        clientLogoUrl: LOGO,
        bindingMessage: 'Transfer 4711 · 120 €',
        requestedAt: new Date('2026-11-21T10:17:00Z'),
        href: '/approve?request=1',
      },
      { clientName: 'Help desk', requestedAt: new Date('2026-11-21T10:19:00Z'), href: '/approve?request=2' },
    ],
  }),
  home('home-apps', { apps: APPS }),
  home('home-hostile', {
    account: { name: HOSTILE, detail: HOSTILE },
    apps: [
      { name: HOSTILE, logoUrl: HOSTILE, href: 'https://app.example.org/' },
      { name: HOSTILE, href: 'javascript:alert(1)' },
    ],
  }),
]

function device(name: string, changes: Partial<DevicePage>): Sample {
  return { name, render: page => renderDevice({ isFromLink: true, ...changes, ...page }) }
}

function approval(name: string, changes: Partial<ApprovalPage>): Sample {
  return { name, render: page => renderApproval({ ...APPROVAL, ...changes, ...page }) }
}

function approvalDone(of: ApprovalDonePage['of'], decision: ApprovalDonePage['decision']): Sample {
  return {
    name: `approval-done-${of}-${decision}`,
    render: page => renderApprovalDone({ ...page, of, decision, clientName: 'Living-room TV' }),
  }
}

function login(name: string, changes: Partial<LoginPage>): Sample {
  return { name, render: page => renderLogin({ ...FORM, ...CLIENT, ...changes, ...page }) }
}

function consent(name: string, changes: Partial<ConsentPage>): Sample {
  return { name, render: page => renderConsent({ ...CONSENT, ...changes, ...page }) }
}

const RETRIES: ReadonlySet<ErrorKind> = new Set(['stale', 'no-cookies', 'server-error', 'busy'])

function answer(name: string, render: (page: Page) => string): Sample {
  return { name, render }
}

function error(kind: ErrorKind): Sample {
  return {
    name: `error-${kind}`,
    render: page =>
      renderError({
        ...page,
        kind,
        code: 'K7QM-4XTB',
        ...(RETRIES.has(kind) && { retryHref: '/' }),
        ...((kind === 'bad-request' || kind === 'used') && {
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

function home(name: string, changes: Partial<SignedInVisitor>): Sample {
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
          isAdministrator: false,
          approvals: [],
          apps: [],
          ...changes,
        },
      }),
  }
}
