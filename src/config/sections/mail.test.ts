/** Tests of `mail`: what it becomes, and which mistakes it names. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadConfig } from '../load-config.ts'
import { formatMistake } from '../mistake.ts'

type Environment = Readonly<Record<string, string>>

async function load(yaml: string, env: Environment = {}, files: Environment = {}) {
  const readFile = (path: string): string => {
    const content = path.endsWith('sallyport.yaml') ? yaml : files[path]
    if (content === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' })
    return content
  }
  return loadConfig({ env: { ...env, SALLYPORT_CONFIG: 'sallyport.yaml' }, cwd: '/srv', readFile })
}

async function mailOf(yaml: string, env?: Environment, files?: Environment) {
  const loaded = await load(yaml, env, files)
  if ('mistakes' in loaded) return assert.fail(loaded.mistakes.map(formatMistake).join('\n'))
  return loaded.config.mail
}

async function mistakesOf(yaml: string, env?: Environment, files?: Environment): Promise<readonly string[]> {
  const loaded = await load(yaml, env, files)
  return 'mistakes' in loaded ? loaded.mistakes.map(formatMistake) : []
}

const MAIL = 'mail: { server: "smtp://mail.example.org", from: no-reply@example.org'

describe('mail', () => {
  it('is not sent when nothing is said', async () => {
    assert.equal(await mailOf(''), undefined)
  })

  const ports: readonly [url: string, host: string, port: number, isTls: boolean][] = [
    ['smtp://mail.example.org', 'mail.example.org', 587, false],
    ['smtps://mail.example.org', 'mail.example.org', 465, true],
    ['smtp://mail.example.org:25/', 'mail.example.org', 25, false],
    ['smtp://mail_server:1025', 'mail_server', 1025, false],
    ['smtps://[2001:db8::25]:4650', '2001:db8::25', 4650, true],
    ['smtp://192.0.2.25', '192.0.2.25', 587, false],
  ]
  for (const [url, host, port, isTls] of ports) {
    it(`goes to ${host}:${port} by ${url} (RFC 8314 §3.3)`, async () => {
      const env = { SALLYPORT_MAIL_SERVER: url, SALLYPORT_MAIL_FROM: 'no-reply@example.org' }
      assert.deepEqual(await mailOf('', env), { host, port, isTls, startTls: 'required', from: 'no-reply@example.org' })
    })
  }

  it('takes user and password from the environment, or the password from a file', async () => {
    const env = { SALLYPORT_MAIL_USER: 'sallyport', SALLYPORT_MAIL_PASSWORD: 'secret', SALLYPORT_MAIL_TLS: 'none' }
    const given = await mailOf(`${MAIL} }`, env)
    assert.deepEqual([given?.user, given?.password, given?.startTls], ['sallyport', 'secret', 'none'])
    const files = { '/srv/smtp': 'from a file \n' }
    const { SALLYPORT_MAIL_PASSWORD: _, ...others } = env
    const byFile = await mailOf(`${MAIL} }`, { ...others, SALLYPORT_MAIL_PASSWORD_FILE: 'smtp' }, files)
    assert.equal(byFile?.password, 'from a file ')
  })

  const servers = [
    'mail.example.org',
    'https://mail.example.org',
    'smtp://',
    'smtp://user:secret@mail.example.org',
    'smtp://mail.example.org:99999',
    'smtp://mail.example.org:port',
    'smtp://mail.example.org/path',
    'smtp://mail example.org',
    'smtp://[::25',
  ]
  for (const server of servers) {
    it(`has no server ${server}`, async () => {
      const mistakes = await mistakesOf('', { SALLYPORT_MAIL_SERVER: server, SALLYPORT_MAIL_FROM: 'a@example.org' })
      assert.deepEqual(mistakes, ['SALLYPORT_MAIL_SERVER  mail.server must be smtp://HOST:PORT or smtps://HOST:PORT'])
    })
  }

  for (const from of [
    'sallyport',
    'Sallyport <a@example.org>',
    'a@example.org, b@example.org',
    'a@b@c',
    '@example.org',
  ]) {
    it(`does not come from ${from} (RFC 5321 §4.1.2)`, async () => {
      const mistakes = await mistakesOf(`mail: { server: "smtp://mail", from: "${from}" }`)
      assert.deepEqual(mistakes, ['sallyport.yaml:1:38  mail.from must be an e-mail address'])
    })
  }

  it('names what is missing beside what is there', async () => {
    assert.match((await mistakesOf('mail: { server: "smtp://mail" }')).join(), /mail\.from is needed .* mail\.server/)
    assert.match((await mistakesOf(`${MAIL}, user: u }`)).join(), /mail\.password is needed .* mail\.user/)
    assert.match((await mistakesOf(`${MAIL}, password: p }`)).join(), /mail\.user is needed .* mail\.password/)
    const files = { '/srv/smtp': 'p' }
    const byFile = await mistakesOf(`${MAIL}, password_file: smtp }`, {}, files)
    assert.match(byFile.join(), /mail\.user is needed .* mail\.password_file/)
  })

  it('reports a password that is given twice, is empty or cannot be read, and shows none', async () => {
    const files = { '/srv/smtp': 'from the file', '/srv/empty': '\n' }
    const of = async (more: string) => (await mistakesOf(`${MAIL}, user: u, ${more} }`, {}, files)).join('\n')
    assert.match(await of('password: from-the-yaml, password_file: smtp'), /are both set: keep one/)
    assert.doesNotMatch(await of('password: from-the-yaml, password_file: smtp'), /from-the-yaml|from the file/)
    assert.match(await of('password_file: empty'), /mail\.password_file names empty, whose content must not be empty/)
    assert.match(await of('password_file: nowhere'), /mail\.password_file names nowhere, which cannot be read: no such/)
    assert.match(await of('password: [secret]'), /mail\.password must be text/)
    assert.match(await of('tls: always, password: p'), /mail\.tls must be one of required, opportunistic, none/)
    assert.match(await of('pasword: p'), /mail\.pasword is no setting \(did you mean password\?\)/)
  })
})
