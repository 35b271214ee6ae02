/** The package as `npm publish` would send it: built, packed and unpacked in a folder of its own, beside the packages that it needs. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from '../../scripts/build.ts'
import { execute } from './command-line.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export interface UnpackedPackage {
  /** An app that has it among its packages. */
  readonly app: string
  readonly folder: string
  /** As npm links it for people. */
  readonly command: string
  remove(): void
}

export async function unpackPackage(): Promise<UnpackedPackage> {
  const work = mkdtempSync(join(tmpdir(), 'sallyport-package-'))
  const [dist, app] = [join(work, 'dist'), join(work, 'app')]
  build(dist)
  const packed = await execute('npm', ['pack', dist, '--offline', '--ignore-scripts', '--json'], work, offline(work))
  if (packed.code !== 0) throw new Error(packed.err)
  const [archive] = readdirSync(work).filter(name => name.endsWith('.tgz'))
  const folder = join(app, 'node_modules/sallyport')
  mkdirSync(folder, { recursive: true })
  const unpacked = await execute('tar', ['xzf', join(work, archive ?? ''), '-C', folder, '--strip-components=1'], work)
  if (unpacked.code !== 0) throw new Error(unpacked.err)
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    // Tools of the checkout and the Node of its commands are no part of what is installed.
    if (!name.startsWith('.')) symlinkSync(join(ROOT, 'node_modules', name), join(app, 'node_modules', name))
  }
  return {
    app,
    folder,
    command: join(folder, 'bin/sallyport.cjs'),
    remove: () => rmSync(work, { recursive: true, force: true }),
  }
}

function offline(home: string): Readonly<Record<string, string>> {
  return { npm_config_cache: join(home, 'npm-cache'), npm_config_update_notifier: 'false' }
}
