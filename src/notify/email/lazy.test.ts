import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const DRIVER = fileURLToPath(new URL('./driver.ts', import.meta.url))

/** Prints which files of nodemailer were loaded by the driver, and which after a first try to send. */
const PROGRAM = `
import { registerHooks } from 'node:module'
const loaded = []
registerHooks({
  load(url, context, next) {
    if (url.includes('/node_modules/nodemailer/')) loaded.push(url)
    return next(url, context)
  },
})
const { emailDriver } = await import(${JSON.stringify(DRIVER)})
const settings = { host: '127.0.0.1', port: 1, security: 'none', from: 'a@b', to: ['c@d'], timeout: 5000 }
const notifier = emailDriver.create('mail', settings)
const before = loaded.length
const message = {
  key: 'k', thread: 't', kind: 'test', status: 'notice', severity: 'info', title: 'test', alerts: [], createdMs: 0, sender: 's',
}
const outcome = await notifier.send({ message, plain: false }, new AbortController().signal)
console.log(JSON.stringify({ before, after: loaded.length, code: outcome.code }))
`

it('nodemailer is in memory from the first mail on, and not before', () => {
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', PROGRAM]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect(stderr).toBe('')
  const { before, after, code } = JSON.parse(stdout)
  expect([before, code]).toEqual([0, 'unreachable'])
  expect(after).toBeGreaterThan(5)
})
