// Brings node_modules in line with the lock file. Runs on Node 20 and newer, before anything of ours is installed,
// so it imports nothing but Node itself.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = `${root}node_modules/.lock-installed`
const wanted = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .update(process.arch)
  .digest('hex')

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  console.error('Setting up: installing the locked dependencies (once, and after each change of the lock file).')
  const npm = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--ignore-scripts', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (npm.status !== 0) {
    console.error(
      `Set-up failed: 'npm ci' ended with ${npm.error ? npm.error.message : `exit code ${npm.status}`}. ` +
        'Check the network and the lines above, then run the same command again.',
    )
    process.exit(1)
  }
  writeFileSync(stamp, wanted)
}
