/** `npm run build`: the folder `dist`, which is the package as it is published: JavaScript and types, what lies beside them, its own manifest. */

import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../', import.meta.url))

/** What is no TypeScript and is read while the server runs. */
const BESIDE_CODE = ['src/**/*.css', 'src/**/*.svg', 'src/**/*.json']
const DOCUMENTS = ['README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md', 'sallyport.example.yaml', 'docs', 'deploy']

interface Manifest extends Readonly<Record<string, unknown>> {
  readonly optionalDependencies: Readonly<Record<string, string>>
}

/** The manifest of the published package: without what only a checkout needs. */
export function publishedManifest(manifest: Manifest): object {
  const { private: _, scripts: __, devDependencies: ___, allowScripts: ____, overrides: _____, ...kept } = manifest
  // A PostgreSQL is for tests; a Node comes along for machines whose own is too old.
  const optional = Object.entries(manifest.optionalDependencies).filter(([name]) => !name.startsWith('@embedded-'))
  return {
    ...kept,
    engines: { node: '>=24' },
    bin: { sallyport: 'bin/sallyport.cjs' },
    files: ['bin', 'src', ...DOCUMENTS],
    exports: {
      './admin-client': entryOf('admin-client'),
      './admin-client/*': entryOf('*'),
      './in-process': { types: './src/administration-in-process.d.ts', default: './src/administration-in-process.js' },
      './package.json': './package.json',
    },
    optionalDependencies: Object.fromEntries(optional),
    publishConfig: { access: 'public' },
  }
}

/** `*`: `sallyport/admin-client/http-transport` is the file of that name. */
function entryOf(name: string): object {
  return { types: `./src/admin-client/${name}.d.ts`, default: `./src/admin-client/${name}.js` }
}

/** Where the package is made; it is emptied first. */
export function build(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  compile(join(folder, 'src'))
  for (const file of globSync(BESIDE_CODE, { cwd: ROOT })) copy(file, folder)
  for (const file of DOCUMENTS) copy(file, folder)
  mkdirSync(join(folder, 'bin'))
  cpSync(join(ROOT, 'bin/launch.cjs'), join(folder, 'bin/sallyport.cjs'))
  chmodSync(join(folder, 'bin/sallyport.cjs'), 0o755)
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(publishedManifest(manifest), undefined, 2)}\n`)
}

function compile(outDir: string): void {
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  const { status } = spawnSync(tsc, ['-p', join(ROOT, 'tsconfig.build.json'), '--outDir', outDir], { stdio: 'inherit' })
  if (status !== 0) throw new Error('the types are wrong: nothing is built')
}

function copy(file: string, folder: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  cpSync(join(ROOT, file), join(folder, file), { recursive: true })
}

if (import.meta.main) {
  const folder = process.argv[2] ?? join(ROOT, 'dist')
  build(folder)
  console.log(`${folder} is the package: npm pack ${folder}`)
}
