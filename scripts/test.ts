import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bringPeers } from './peers.ts'
import { closingLines, type Named, SUMMARY_FILE, type Summary } from './test/summary.ts'

/**
 * What `npm test` runs: the peers, the type check, the lint, all tests; then one line of counts. Arguments go to vitest.
 * The type check and the lint count as one test each.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const signals = ['SIGINT', 'SIGTERM'] as const
let stoppedBy: (typeof signals)[number] | undefined

type Ended = { readonly exitCode: number; readonly why: string }

/** Runs one of our tools to its end, on this very Node. A signal to us reaches it, and we wait for its end. */
function tool(name: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  if (stoppedBy) return Promise.resolve({ exitCode: 1, why: stoppedBy })
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`
  const child = spawn(join(root, 'node_modules/.bin', name), args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: path, ...env },
  })
  const forward = (signal: NodeJS.Signals) => {
    // From a terminal the whole group gets SIGINT by itself; a second one would make vitest drop everything.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  for (const signal of signals) process.on(signal, forward)
  return new Promise((resolve) => {
    const done = (ended: Ended) => {
      for (const signal of signals) process.off(signal, forward)
      resolve(ended)
    }
    child.once('error', (error) => done({ exitCode: 1, why: error.message }))
    child.once('close', (code, signal) => done({ exitCode: code ?? 1, why: signal ?? `exit code ${code}` }))
  })
}

async function vitest(args: readonly string[]): Promise<Summary> {
  const dir = mkdtempSync(join(tmpdir(), 'test-summary-'))
  const file = join(dir, 'summary.json')
  try {
    const reporters = ['--reporter=default', `--reporter=${join(root, 'scripts/test/reporter.ts')}`]
    const ended = await tool('vitest', ['run', ...reporters, ...args], { [SUMMARY_FILE]: file })
    const summary = read(file) ?? { passed: 0, failed: [], skipped: [] }
    if (ended.exitCode === 0 || summary.failed.length > 0) return summary
    return { ...summary, failed: [{ name: 'vitest', why: `ended with ${ended.why}` }] }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function read(file: string): Summary | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

for (const signal of signals) {
  process.on(signal, () => {
    stoppedBy = signal
  })
}
await bringPeers((line) => console.error(line))
const checks = [
  { name: 'type check', ended: await tool('tsc', ['--noEmit']) },
  { name: 'lint', ended: await tool('biome', ['check', '.']) },
]
const failedChecks: Named[] = checks
  .filter(({ ended }) => ended.exitCode !== 0)
  .map(({ name, ended }) => ({ name, why: ended.why }))
const tests = await vitest(process.argv.slice(2))
const summary: Summary = {
  passed: tests.passed + checks.length - failedChecks.length,
  failed: [...failedChecks, ...tests.failed],
  skipped: tests.skipped,
}
process.stdout.write(`${closingLines(summary).join('\n')}\n`)
if (stoppedBy) process.exitCode = 128 + constants.signals[stoppedBy]
else if (summary.failed.length > 0) process.exitCode = 1
