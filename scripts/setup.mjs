// Brings node_modules in line with the lock file. Runs on Node 20 and newer, before anything of ours is installed,
// so it imports nothing but Node itself.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = `${root}node_modules/.lock-installed`
const wanted = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .update(process.arch)
  .digest('hex')

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) process.exitCode = await install()

/** Runs `npm ci` to its end, also where we are interrupted: nothing of it is left behind. Answers the exit code. */
async function install() {
  console.error('Setting up: installing the locked dependencies. This is done once.')
  const npm = spawn('npm', ['ci', '--no-fund', '--no-audit', '--ignore-scripts', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  let interruptedBy
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (interruptedBy === undefined) console.error('\nInterrupted; npm tidies up first.')
      interruptedBy = signal
      // Ctrl-C in a terminal reaches npm by itself.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) npm.kill(signal)
    })
  }
  const ended = await new Promise((resolve) => {
    npm.once('error', (error) => resolve(error.message))
    npm.once('close', (code, signal) => resolve(code === 0 ? undefined : (signal ?? `exit code ${code}`)))
  })
  if (interruptedBy !== undefined) {
    console.error('The set-up was not finished. The same command begins it anew.')
    return 128 + constants.signals[interruptedBy]
  }
  if (ended !== undefined) {
    console.error(
      `Set-up failed: 'npm ci' ended with ${ended}. Check the network and the lines above, then run the same command again.`,
    )
    return 1
  }
  writeFileSync(stamp, wanted)
  return 0
}
