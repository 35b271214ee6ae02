/**
 * Starts Sallyport with a Node that can run it: this one, or the one of the platform package that npm installed.
 * CommonJS in the words of old Nodes, because any Node may be the one that reads it.
 */
'use strict'

const { spawn } = require('node:child_process')
const path = require('node:path')

const OLDEST = 24
const main = path.join(__dirname, '..', 'src', 'main.ts')

const node = Number(process.versions.node.split('.')[0]) >= OLDEST ? process.execPath : findBundledNode()
if (node === undefined) {
  process.stderr.write(
    `sallyport: needs Node.js ${OLDEST} or newer (this is ${process.version}); run npm ci to install one beside it\n`,
  )
  process.exit(1)
}
run(node)

/** The packages are named by platform; the one for Apple silicon has a prefix. */
function findBundledNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  for (const prefix of ['node', 'node-bin']) {
    try {
      const manifest = require.resolve(`${prefix}-${platform}-${process.arch}/package.json`)
      return path.join(path.dirname(manifest), require(manifest).bin.node)
    } catch {
      // Not this one.
    }
  }
  return undefined
}

function run(executable) {
  const words = ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)]
  const child = spawn(executable, words, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', error => {
    process.stderr.write(`sallyport: ${executable} cannot be started: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    // Ends the way the child ended, so that the caller sees the same signal.
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
