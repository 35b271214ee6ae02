#!/usr/bin/env node
/**
 * Starts Sallyport with a Node that can run it: this one, or the one of the platform package that npm installed.
 * CommonJS in the words of old Nodes, because any Node may be the one that reads it.
 */
'use strict'

const { spawn } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const { pathToFileURL } = require('node:url')

const OLDEST = 24
/** A checkout runs as it is; the package that is made of it has JavaScript. */
const checkout = path.join(__dirname, '..', 'src', 'main.ts')
const main = fs.existsSync(checkout) ? checkout : path.join(__dirname, '..', 'src', 'main.js')

if (Number(process.versions.node.split('.')[0]) >= OLDEST) {
  runHere()
} else {
  const node = findBundledNode()
  if (node === undefined) {
    process.stderr.write(
      `sallyport: needs Node.js ${OLDEST} or newer (this is ${process.version}); run npm ci to install one beside it\n`,
    )
    process.exit(1)
  }
  run(node)
}

/** No process in between: signals reach the server as they are sent. */
function runHere() {
  const emitWarning = process.emitWarning
  // As --disable-warning=ExperimentalWarning has it: Node 24 says of its SQLite what nobody here can change.
  process.emitWarning = (warning, ...rest) => {
    const [options] = rest
    const type = typeof options === 'object' && options !== null ? options.type : options
    if (type !== 'ExperimentalWarning') emitWarning.call(process, warning, ...rest)
  }
  void import(pathToFileURL(main).href)
}

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
