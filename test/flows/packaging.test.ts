/** What is shipped: the npm package runs without a TypeScript loader, and the files for containers and systemd say what is true. */

import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { parse } from 'yaml'
import { aFolder, execute } from '../support/command-line.ts'
import { freePort } from '../support/free-port.ts'
import { blocksOf } from '../support/guide-programs.ts'
import { startServer } from '../support/server-process.ts'
import { type UnpackedPackage, unpackPackage } from '../support/unpacked-package.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const TSC = join(ROOT, 'node_modules/.bin/tsc')
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8')

let unpacked: UnpackedPackage

before(async () => {
  unpacked = await unpackPackage()
})
after(() => unpacked.remove())

/** The Node of the tests is the one that `#!/usr/bin/env node` finds. */
function environment(more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return { PATH: `${join(process.execPath, '..')}:${process.env.PATH}`, ...more }
}

/** A server of the unpacked package in a folder of its own. */
async function serveIn(folder: string, more: Readonly<Record<string, string>> = {}) {
  const port = await freePort()
  const settings = { SALLYPORT_ISSUER: `http://localhost:${port}`, SALLYPORT_LISTEN: `127.0.0.1:${port}`, ...more }
  const server = await startServer({
    command: [unpacked.command, 'serve'],
    folder,
    environment: environment(settings),
    port,
    certificate: undefined,
  })
  return { server, settings, issuer: settings.SALLYPORT_ISSUER }
}

describe('the npm package', () => {
  it('holds JavaScript and types, and neither tests, nor TypeScript, nor what only a checkout needs', () => {
    const files = globSync('**/*', { cwd: unpacked.folder })
    assert.deepEqual(
      files.filter(file => /\.test\.|\.tgz$|(?<!\.d)\.ts$|test-fixtures/.test(file)),
      [],
    )
    const manifest = JSON.parse(readFileSync(join(unpacked.folder, 'package.json'), 'utf8'))
    for (const name of ['private', 'scripts', 'devDependencies', 'overrides']) assert.ok(!(name in manifest), name)
    assert.equal(manifest.engines.node, '>=24')
    const optional = Object.keys(manifest.optionalDependencies)
    assert.ok(
      optional.every(name => /^node-(bin-)?(linux|darwin|win)-\w+$/.test(name)),
      optional.join(),
    )
    const { types, default: code } = manifest.exports['./admin-client']
    for (const file of [manifest.bin.sallyport, types, code]) assert.ok(existsSync(join(unpacked.folder, file)), file)
  })

  it('imports nothing that is not JavaScript, JSON or a package', () => {
    for (const file of globSync('src/**/*.js', { cwd: unpacked.folder })) {
      const code = readFileSync(join(unpacked.folder, file), 'utf8')
      assert.doesNotMatch(code, /(?:from|import\() ?['"]\.[^'"]+\.ts['"]/, file)
    }
  })

  it('starts commands, keeps what they make, serves, and ends with exit code 0 on SIGTERM', async t => {
    const folder = aFolder(t)
    const { version } = JSON.parse(read('package.json'))
    const env = environment()
    assert.deepEqual(await execute(unpacked.command, ['--version'], folder, env), {
      code: 0,
      out: `${version}\n`,
      err: '',
    })
    const words = ['client', 'create', 'Wiki', 'public', '--client-id', 'wiki', '-u', 'http://localhost/cb', '--json']
    const made = await execute(unpacked.command, words, folder, env)
    assert.equal(made.code, 0, made.err)
    assert.equal(JSON.parse(made.out).client_id, 'wiki')

    const { server, issuer } = await serveIn(folder)
    const discovery = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()
    assert.equal((discovery as { issuer: string }).issuer, issuer)
    // What is read from files while it runs.
    const page = await (await fetch(`${issuer}/setup`)).text()
    const [style = ''] = /\/assets\/pages-\w+\.css/.exec(page) ?? []
    assert.equal((await fetch(`${issuer}${style}`)).headers.get('content-type')?.startsWith('text/css'), true)
    await server.stop()
  })

  it('brings the typed client of the admin API along, as the guide has it', async () => {
    const file = join(unpacked.app, 'manage.mts')
    const [printed = ''] = blocksOf(read('docs/guide/install.md'), 'ts')
    const wrong = `// @ts-expect-error: an upstream has no such operation\nadmin.call('upstreams.explode', { path: { alias: 'work' } })`
    const alias = `export const alias: string = document.alias`
    writeFileSync(file, [printed, alias, wrong].join('\n'))
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'esnext', '--types', 'node', file]
    const checked = await execute(TSC, options, unpacked.app, environment())
    assert.deepEqual([checked.code, checked.out], [0, ''])
    const program = `import('sallyport/admin-client').then(({ createAdminClient }) => console.log(typeof createAdminClient))`
    const ran = await execute(process.execPath, ['-e', program], unpacked.app)
    assert.deepEqual([ran.out, ran.err], ['function\n', ''])
  })
})

interface Service {
  readonly command?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly read_only?: boolean
  readonly volumes?: readonly string[]
  readonly profiles?: readonly string[]
}

const compose = () => parse(read('compose.yaml'), { merge: true }) as { readonly services: Record<string, Service> }

/** As the compose specification has it: `${NAME:-standard}`, `${NAME:?what is missing}`, `$$` for one dollar. */
function interpolated(text: string, env: Readonly<Record<string, string | undefined>>): string {
  return text
    .replace(/(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind: string, rest: string) => {
      const value = env[name]
      if (value) return value
      assert.notEqual(kind, '?', `${name}: ${rest}`)
      return rest ?? ''
    })
    .replaceAll('$$', '$')
}

describe('compose.yaml', () => {
  const example = parseEnv(read('.env.example'))
  const settings = new Set(read('docs/reference/configuration.md').match(/SALLYPORT_\w+/g))

  it('takes every variable from .env.example, and gives the server none that is no setting', () => {
    const names = [...read('compose.yaml').matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name = '']) => name)
    for (const name of names) assert.match(read('.env.example'), new RegExp(`^#?${name}=`, 'm'), name)
    const page = read('docs/guide/install.md')
    for (const name of names) assert.ok(page.includes(name), `the guide says nothing of ${name}`)
    for (const name of Object.keys(example)) assert.ok(names.includes(name), `${name} is in .env.example for nothing`)
    for (const [service, { environment: given = {} }] of Object.entries(compose().services)) {
      for (const name of Object.keys(given).filter(each => each.startsWith('SALLYPORT_'))) {
        assert.ok(settings.has(name), `${service}: ${name}`)
      }
    }
  })

  it('keeps the file system of the server closed but for its data, and PostgreSQL away unless it is asked for', () => {
    const { sallyport, clients, postgres } = compose().services
    for (const service of [sallyport, clients]) {
      assert.equal(service?.read_only, true)
      assert.deepEqual(service?.volumes, ['data:/var/lib/sallyport/data'])
    }
    assert.deepEqual(postgres?.profiles, ['postgres'])
  })

  it('makes the two clients in its initialisation step: before the server, while it runs, and once', async t => {
    const folder = aFolder(t)
    symlinkSync(unpacked.command, join(folder, 'sallyport'))
    const { clients: { entrypoint = [], command = [], environment: given = {} } = {} } = compose().services
    const variables = Object.entries(given).map(([name, text]) => [name, interpolated(text, example)])
    const database = { SALLYPORT_DATABASE: `sqlite:${join(folder, 'data/sallyport.db')}` }
    const env = environment({ ...Object.fromEntries(variables), ...database })
    const path = { ...env, PATH: `${folder}:${env.PATH}` }
    const [shell = '', ...words] = [...entrypoint, ...command.map(text => interpolated(text, {}))]
    const initialise = () => execute(shell, words, folder, path)
    const list = async () => JSON.parse((await execute('sallyport', ['client', 'list', '--json'], folder, path)).out)

    const first = await initialise()
    assert.equal(first.code, 0, first.err)
    const made = await list()
    const [dashboard, battery] = ['dashboard', 'battery'].map(id =>
      made.find(({ client_id }: { client_id: string }) => client_id === id),
    )
    assert.deepEqual(
      [dashboard.client_type, dashboard.redirect_uris, dashboard.post_logout_redirect_uris],
      [
        'public',
        ['http://localhost:8080/oidc_callback.html', 'http://localhost:8080/oidc_callback_silentRenew.html'],
        ['http://localhost:8080', 'http://localhost:8080/'],
      ],
    )
    assert.deepEqual([battery.client_type, battery.redirect_uris], ['confidential', ['http://localhost:8081/callback']])
    const secret = example.BATTERY_OIDC_CLIENT_SECRET ?? assert.fail()
    assert.ok(!first.out.includes(secret), 'a secret that was given is not told again')

    const { server, issuer } = await serveIn(folder, database)
    const again = await initialise()
    assert.equal(again.code, 0, again.err)
    assert.deepEqual(await list(), made)
    const form = new URLSearchParams({ grant_type: 'authorization_code', code: 'none', redirect_uri: 'http://x' })
    const authorization = `Basic ${btoa(`battery:${secret}`)}`
    const answer = await fetch(`${issuer}/token`, { method: 'POST', body: form, headers: { authorization } })
    // RFC 6749 §5.2: the code is nobody's; a wrong secret would be invalid_client.
    assert.equal(((await answer.json()) as { error: string }).error, 'invalid_grant')
    await server.stop()
  })
})

describe('the Dockerfile', () => {
  const lines = read('Dockerfile').replaceAll('\\\n', ' ').split('\n')
  const of = (word: string) =>
    lines.filter(line => line.startsWith(`${word} `)).map(line => line.slice(word.length + 1))

  it('copies what exists and what .dockerignore lets through', () => {
    const sent = new Set([...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, name]) => name))
    const copied = of('COPY')
      .filter(line => !line.startsWith('--from'))
      .flatMap(line => line.split(/\s+/).slice(0, -1))
    assert.ok(copied.length > 10)
    for (const name of copied) {
      assert.ok(existsSync(join(ROOT, name)), name)
      assert.ok(sent.has(name), `.dockerignore keeps ${name} out`)
    }
    assert.deepEqual(
      [...sent].filter(name => !copied.includes(name ?? '')),
      [],
    )
  })

  it('runs as nobody special, ends on SIGTERM, and keeps its data in a volume', () => {
    assert.deepEqual([of('USER'), of('STOPSIGNAL')], [['node'], ['SIGTERM']])
    assert.deepEqual(of('VOLUME'), ['/var/lib/sallyport/data'])
    assert.ok(lines.indexOf('USER node') < lines.findIndex(line => line.startsWith('ENTRYPOINT')))
    const [, base] = of('FROM')
    assert.equal(of('FROM')[0], `${base} AS build`)
  })

  it('asks for its health by a command that says whether the server is ready', async t => {
    const [health = ''] = of('HEALTHCHECK')
    const [program, ...words] = JSON.parse(health.slice(health.indexOf('[')))
    assert.equal(program, 'sallyport')
    const folder = aFolder(t)
    const { server, settings } = await serveIn(folder)
    assert.equal((await execute(unpacked.command, words, folder, environment(settings))).code, 0)
    await server.stop()
    assert.equal((await execute(unpacked.command, words, folder, environment(settings))).code, 1)
  })

  it('gives the server settings that exist', () => {
    const known = read('docs/reference/configuration.md')
    for (const [name] of of('ENV')
      .join(' ')
      .matchAll(/SALLYPORT_\w+/g))
      assert.ok(known.includes(name), name)
  })
})

describe('the systemd unit', () => {
  const unit = read('deploy/sallyport.service')

  it('starts the server as itself, without rights it has no need of, and lets it end what it does', () => {
    for (const line of [
      'Type=exec',
      'ExecStart=/usr/bin/env sallyport serve',
      'User=sallyport',
      'StateDirectory=sallyport',
      'WorkingDirectory=/var/lib/sallyport',
      'KillSignal=SIGTERM',
      'NoNewPrivileges=yes',
      'CapabilityBoundingSet=',
      'ProtectSystem=strict',
      'SystemCallFilter=@system-service',
      'WantedBy=multi-user.target',
    ]) {
      assert.ok(unit.split('\n').includes(line), line)
    }
    // V8 compiles while it runs.
    assert.doesNotMatch(unit, /^MemoryDenyWriteExecute=/m)
  })

  it('is taken by systemd, where there is one', async t => {
    const verified = await execute(
      'systemd-analyze',
      ['verify', join(ROOT, 'deploy/sallyport.service')],
      aFolder(t),
    ).catch(() => undefined)
    if (verified === undefined) return t.skip('there is no systemd here')
    // What it has to say of other units of this machine is not ours.
    assert.doesNotMatch(verified.out + verified.err, /sallyport\.service/)
    assert.equal(verified.code, 0)
  })
})
