/** The command line as a shell and scripts use it: the commands of seed 000, the launcher, settings, help. */

import assert from 'node:assert/strict'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { aFolder, execute, type Finished, inHouse, LAUNCHER, run } from '../support/command-line.ts'

/** The text of seed 000, with our program in the place of `docker compose exec steering steering`. */
const SEED_COMMANDS = {
  dashboard:
    'steering create_oidc_client dashboard public --client-id "${DASHBOARD_OIDC_CLIENT_ID}" --client-secret "${DASHBOARD_OIDC_CLIENT_SECRET}" -r "code" -u "${DASHBOARD_CALLBACK_BASE_URL}/oidc_callback.html" -u "${DASHBOARD_CALLBACK_BASE_URL}/oidc_callback_silentRenew.html" -p "${DASHBOARD_CALLBACK_BASE_URL}" -p "${DASHBOARD_CALLBACK_BASE_URL}/"',
  battery: `/bin/sh -c 'steering create_oidc_client battery confidential --client-id "$BATTERY_OIDC_CLIENT_ID" --client-secret "$BATTERY_OIDC_CLIENT_SECRET" -r code -u "$BATTERY_CALLBACK_BASE_URL"'`,
  delete: 'steering delete_oidc_clients',
}

describe('the commands of seed 000 (rows C1 to C4)', () => {
  const env = {
    DASHBOARD_OIDC_CLIENT_ID: 'aura-dashboard',
    DASHBOARD_OIDC_CLIENT_SECRET: 'not-needed',
    DASHBOARD_CALLBACK_BASE_URL: 'https://aura.example',
    BATTERY_OIDC_CLIENT_ID: 'aura-battery',
    BATTERY_OIDC_CLIENT_SECRET: 'chosen by somebody',
    BATTERY_CALLBACK_BASE_URL: 'https://battery.example/oidc',
  }

  it('work letter by letter in a shell, refuse what exists, and delete all', async t => {
    const cwd = aFolder(t)
    const created = await shell(SEED_COMMANDS.dashboard, cwd, env)
    assert.equal(created.code, 0, created.err)
    assert.equal(
      created.err,
      'warning: aura-dashboard is a public client and has no secret: the one given was dropped.\n',
    )
    const battery = await shell(SEED_COMMANDS.battery, cwd, env)
    assert.deepEqual([battery.code, battery.err], [0, ''])

    const [dashboard, second] = (await run(['client', 'list', '--json'], cwd)).json() as Record<string, unknown>[]
    assert.deepEqual(
      [
        dashboard?.client_id,
        dashboard?.client_name,
        dashboard?.client_type,
        dashboard?.secrets,
        dashboard?.response_types,
      ],
      ['aura-dashboard', 'dashboard', 'public', [], ['code']],
    )
    assert.deepEqual(dashboard?.redirect_uris, [
      'https://aura.example/oidc_callback.html',
      'https://aura.example/oidc_callback_silentRenew.html',
    ])
    assert.deepEqual(dashboard?.post_logout_redirect_uris, ['https://aura.example', 'https://aura.example/'])
    assert.deepEqual([second?.client_id, second?.client_type], ['aura-battery', 'confidential'])
    const [stored] = await inHouse(cwd, async ({ repositories }) => {
      const client = await repositories.clients.findByClientId('aura-battery')
      return client?.secrets ?? []
    })
    assert.match(stored?.hash ?? '', /^\$argon2id\$/)

    const again = await shell(SEED_COMMANDS.dashboard, cwd, env)
    assert.deepEqual([again.code, again.out, again.err.trim().split('\n').length], [3, '', 1])
    assert.match(again.err, /a client with client_id aura-dashboard exists already; nothing was changed/)

    const deleted = await shell(SEED_COMMANDS.delete, cwd, env)
    assert.deepEqual([deleted.code, deleted.out], [0, 'Deleted aura-dashboard, aura-battery.\n'])
    assert.deepEqual((await run(['client', 'list', '--json'], cwd)).json(), [])
  })
})

describe('bin/sallyport', () => {
  it('works through a symbolic link, from any folder, and passes on the exit code', async t => {
    const cwd = aFolder(t)
    symlinkSync(LAUNCHER, join(cwd, 'sp'))
    const version = await execute('./sp', ['--version'], cwd)
    assert.deepEqual([version.code, version.err], [0, ''])
    const { version: expected } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    assert.equal(version.out, `${expected}\n`)
    assert.equal((await execute('./sp', ['clint'], cwd)).code, 2)
  })

  it('has a fallback in CommonJS that passes on arguments, input and exit code', async t => {
    const launcher = fileURLToPath(new URL('../../bin/launch.cjs', import.meta.url))
    const words = [launcher, 'account', 'create', 'ada', '--password-stdin', '--json']
    const { code, out, err } = await execute(process.execPath, words, aFolder(t), {}, 'correct horse\n')
    assert.deepEqual([code, err], [0, ''])
    assert.equal(JSON.parse(out).has_password, true)
  })
})

describe('settings', () => {
  it('with mistakes end every command with exit code 78 and all of them, with line and column', async t => {
    const cwd = aFolder(t)
    writeFileSync(join(cwd, 'sallyport.yaml'), 'issuer: http://id.example.com\nlog:\n  levle: debug\n')
    const { code, out, err } = await execute(LAUNCHER, ['config', 'check'], cwd, { SALLYPORT_LISTEN: 'nowhere' })
    assert.deepEqual([code, out], [78, ''])
    assert.deepEqual(err.trimEnd().split('\n'), [
      'sallyport: 3 mistakes in the settings',
      '  sallyport.yaml:1:9  issuer must be https: plain http is for localhost only (write https://id.example.com; a proxy in front may do the TLS)',
      '  sallyport.yaml:3:3  log.levle is no setting (did you mean level?)',
      '  SALLYPORT_LISTEN  listen must be host:port, such as 127.0.0.1:4000, [::1]:4000, or :4000 for every address',
    ])
    for (const words of [['serve'], ['client', 'list'], ['account', 'create', 'x', '--no-password']]) {
      assert.equal((await run(words, cwd)).code, 78)
    }
  })

  it('come from --config before or behind the command, and from SALLYPORT_CONFIG', async t => {
    const cwd = aFolder(t)
    writeFileSync(join(cwd, 'other.yaml'), 'issuer: https://other.example\n')
    const check = ['config', 'check', '--json']
    assert.equal((await run([...check, '--config', 'other.yaml'], cwd)).json().issuer, 'https://other.example')
    assert.equal((await run(['--config', 'other.yaml', ...check], cwd)).json().issuer, 'https://other.example')
    const env = { SALLYPORT_CONFIG: 'other.yaml' }
    assert.equal((await run(check, cwd, { env })).json().issuer, 'https://other.example')
    assert.equal((await run([...check, '--config', 'absent.yaml'], cwd)).code, 78)
  })
})

describe('help', () => {
  it('of every command has a description and exits with 0', async t => {
    const cwd = aFolder(t)
    const { COMMANDS } = await import('../../src/cli/commands.ts')
    for (const { words } of COMMANDS) {
      const { code, out } = await run([...words, '--help'], cwd)
      assert.equal(code, 0, words.join(' '))
      assert.match(out, new RegExp(`^Usage: sallyport ${words.join(' ')}.*\n\n\\S+`), words.join(' '))
    }
  })

  it('meets a misspelt command with the right one, and exit code 2', async t => {
    const { code, err } = await run(['client', 'creat'], aFolder(t))
    assert.equal(code, 2)
    assert.match(err, /unknown command 'creat'\n\(Did you mean create\?\)/)
  })
})

/** The command line of a person: `steering` is our launcher. */
function shell(command: string, cwd: string, env: Readonly<Record<string, string>>): Promise<Finished> {
  symlinkOnce(join(cwd, 'steering'))
  return execute('bash', ['-c', command], cwd, { ...env, PATH: `${cwd}:${process.env.PATH}` })
}

function symlinkOnce(path: string): void {
  try {
    symlinkSync(LAUNCHER, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}
