import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const LAST_RESORT = new URL('./last-resort.ts', import.meta.url).href
const LOG = new URL('./log.ts', import.meta.url).href

function run(lines: string) {
  const source = `
    import { endAnyway, endOnMistake, outliveReaders } from '${LAST_RESORT}'
    import { createLog } from '${LOG}'
    ${lines}`
  return spawnSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8', timeout: 30_000 })
}

const CLUMSY = `
  setInterval(() => {}, 1000)
  endOnMistake(createLog('info'))
  const clumsy = () => { throw Object.assign(new Error('clumsy'), { password: 'hunter2' }) }`

test('an error that nobody caught ends the process with its trace in the log, and nothing else that hangs on it', () => {
  const { status, stdout, stderr } = run(`${CLUMSY}; setTimeout(clumsy, 1)`)
  expect(status).toBe(70)
  const entry = JSON.parse(stdout)
  expect(entry.trace).toContain('clumsy')
  expect(stdout + stderr).not.toContain('hunter2')
})

test('so does a promise whose rejection nobody caught', () => {
  const { status, stdout, stderr } = run(`${CLUMSY}; void Promise.resolve().then(clumsy)`)
  expect(status).toBe(70)
  expect(stdout).toContain('clumsy')
  expect(stdout + stderr).not.toContain('hunter2')
})

test('an end that hangs is an end all the same', () => {
  expect(run('setInterval(() => {}, 1000); endAnyway(50)').status).toBe(70)
  expect(run('setInterval(() => {}, 1000); process.exitCode = 0; endAnyway(50)').status).toBe(0)
  expect(run('endAnyway(60_000)').status).toBe(0)
})

test('a log that nobody reads any more ends nothing', () => {
  const source = `outliveReaders(); const log = createLog('info')
    process.stdout.destroy = () => {}
    process.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    log.info('still here'); process.exitCode = 7`
  expect(run(source).status).toBe(7)
})
