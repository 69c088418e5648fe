import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Disclosed } from '../../config/secret.ts'
import type { SendRequest } from '../../ports/notifier.ts'
import { never, refusalOf } from '../testing/faults.ts'
import { hostileMessage } from '../testing/hostile-message.ts'
import { sampleAlert, sampleMessage } from '../testing/sample-message.ts'
import { commandChannelDriver } from './driver.ts'
import { environmentOf } from './environment.ts'
import type { CommandSettings } from './settings.ts'

const { schema } = commandChannelDriver
let dir: string
let script: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'page-'))
  script = join(dir, 'page')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function channel(body: string, own: Partial<CommandSettings> = {}) {
  writeFileSync(script, `#!/bin/sh\ndir=${dir}\n${body}\n`)
  chmodSync(script, 0o755)
  return commandChannelDriver.create('siren', {
    command: [script, '--loud', '$HOME; x'],
    env: {},
    timeout: 20_000,
    ...own,
  })
}

const rich: SendRequest = { message: sampleMessage(), plain: false }
const written = (name: string) => readFileSync(join(dir, name), 'utf8')

describe('a program that works', () => {
  it('gets the message as JSON, its arguments as they stand, and a few variables', async () => {
    const siren = channel('cat > $dir/stdin; printf "%s|" "$@" > $dir/args; env | grep ^WATCHDOG_ | sort > $dir/env')
    expect(await siren.send(rich, never)).toEqual({ ok: true })
    expect(JSON.parse(written('stdin'))).toMatchObject({
      version: '1',
      key: 'n42-mail',
      title: '🔥 CRITICAL pve3 is down',
    })
    expect(written('args')).toBe('--loud|$HOME; x|')
    expect(written('env').split('\n')).toEqual([
      'WATCHDOG_ALERT_KEY=n42-mail',
      'WATCHDOG_ALERT_KIND=alerts',
      'WATCHDOG_ALERT_SEVERITY=critical',
      'WATCHDOG_ALERT_STATUS=firing',
      'WATCHDOG_ALERT_TEXT=fired 2026-03-01 03:10',
      'WATCHDOG_ALERT_TITLE=🔥 CRITICAL pve3 is down',
      '',
    ])
  })

  it('need not read what it gets, however much it is', async () => {
    const alerts = Array.from({ length: 500 }, () => sampleAlert({ description: 'x'.repeat(10_000) }))
    expect(await channel('exit 0').send({ message: sampleMessage({ alerts }), plain: false }, never)).toEqual({
      ok: true,
    })
  })

  it('may print without end', async () => {
    expect(await channel('head -c 5000000 /dev/urandom; head -c 5000000 /dev/urandom >&2').send(rich, never)).toEqual({
      ok: true,
    })
  })

  it('is given nothing that a variable cannot hold', async () => {
    const siren = channel('cat > /dev/null; printf %s "$WATCHDOG_ALERT_TITLE" > $dir/title')
    const message = sampleMessage({
      title: 'a\u0000b\nc',
      alerts: [sampleAlert({ summary: 'x\u0000'.repeat(200_000) })],
    })
    expect(await siren.send({ message, plain: false }, never)).toEqual({ ok: true })
    expect(written('title')).toBe('🔥 CRITICAL a b c')
  })
})

describe('the variables', () => {
  it('hold no NUL byte and fit, whatever is in the message', () => {
    fc.assert(
      fc.property(hostileMessage, (message) => {
        for (const value of Object.values(environmentOf(message))) {
          expect(value).not.toContain('\0')
          expect(Buffer.byteLength(value)).toBeLessThanOrEqual(32 * 1024)
        }
      }),
      { numRuns: 100, interruptAfterTimeLimit: 30_000 },
    )
  })
})

describe('a program that does not', () => {
  it.each([
    [75, 'agent-failed', 'later'],
    [69, 'unreachable', 'later'],
    [77, 'credentials-refused', 'later'],
    [65, 'rejected', 'never'],
    [64, 'rejected', 'never'],
    [1, 'agent-failed', 'later'],
    [127, 'agent-failed', 'later'],
  ])('ends with %i', async (exitCode, code, advice) => {
    expect(await channel(`cat > /dev/null; echo 'no modem' >&2; exit ${exitCode}`).send(rich, never)).toEqual({
      ok: false,
      code,
      advice,
      sentence: `the program ended with exit code ${exitCode}: no modem`,
      mayHaveArrived: false,
    })
  })

  it('hangs, and is ended with what it started', async () => {
    const siren = channel('(sleep 600; printf x > $dir/late) & sleep 600', { timeout: 300 })
    expect(await siren.send(rich, never)).toMatchObject({ code: 'timeout', advice: 'later', mayHaveArrived: true })
    expect(existsSync(join(dir, 'late'))).toBe(false)
  })

  it('kills itself', async () => {
    const outcome = await channel('kill -9 $$').send(rich, never)
    expect(outcome).toMatchObject({
      code: 'agent-failed',
      advice: 'later',
      sentence: 'the program was killed by SIGKILL',
      mayHaveArrived: true,
    })
  })

  it('is given up on, before and while it runs', async () => {
    const siren = channel('printf x > $dir/started; sleep 600')
    const abort = new AbortController()
    const sending = siren.send(rich, abort.signal)
    while (!existsSync(join(dir, 'started'))) await new Promise((resolve) => setTimeout(resolve, 10))
    abort.abort()
    expect(await sending).toMatchObject({ code: 'aborted', advice: 'later', mayHaveArrived: true })
    expect(await siren.send(rich, abort.signal)).toMatchObject({ code: 'aborted', mayHaveArrived: false })
  })

  it('is missing, or may not be run', async () => {
    const siren = channel('exit 0')
    chmodSync(script, 0o644)
    const forbidden = refusalOf(await siren.send(rich, never))
    expect(forbidden).toMatchObject({ code: 'agent-failed', advice: 'later', mayHaveArrived: false })
    expect(forbidden.sentence).toContain('may not be run')
    rmSync(script)
    expect(refusalOf(await siren.send(rich, never)).sentence).toContain('not installed')
  })
})

describe('secrets', () => {
  it('reach the program as variables, and no sentence', async () => {
    const env = { PIN: new Disclosed('hunter2'), MODEM: '/dev/ttyUSB0' }
    const siren = channel('printf "%s" "$PIN $MODEM" > $dir/got; echo "wrong pin $PIN" >&2; exit 77', { env })
    const outcome = refusalOf(await siren.send(rich, never))
    expect(outcome.sentence).toBe('the program ended with exit code 77: wrong pin ***')
    expect(written('got')).toBe('hunter2 /dev/ttyUSB0')
  })

  it('that are missing or no variable keep it from being run', async () => {
    const { env } = schema.parse({ command: ['a'], env: { PIN: { env: 'NO_SUCH_PIN' } } })
    const missing = await channel('printf x > $dir/ran', { env }).send(rich, never)
    const odd = await channel('printf x > $dir/ran', { env: { PIN: new Disclosed('a\0b') } }).send(rich, never)
    for (const outcome of [missing, odd]) expect(outcome).toMatchObject({ code: 'secret-missing', advice: 'later' })
    expect(existsSync(join(dir, 'ran'))).toBe(false)
  })
})

describe('settings', () => {
  it('are a program', () => {
    const settings: CommandSettings = schema.parse({ command: ['siren'] })
    expect(settings).toEqual({ command: ['siren'], env: {}, timeout: 30_000 })
  })

  it.each([
    [{}, 'command'],
    [{ command: [] }, 'command'],
    [{ command: ['./siren'] }, 'command'],
    [{ command: 'siren --loud' }, 'command'],
    [{ command: ['a'], env: { WATCHDOG_ALERT_TITLE: '1' } }, 'env.WATCHDOG_ALERT_TITLE'],
    [{ command: ['a'], timeout: '1ms' }, 'timeout'],
  ])('%j are refused', (settings, path) => {
    expect(schema.safeParse(settings).error?.issues[0]?.path.join('.')).toBe(path)
  })

  it('are all described', () => {
    const { properties = {} } = z.toJSONSchema(schema, { io: 'input' })
    expect(Object.entries(properties).filter(([, value]) => !Object.hasOwn(Object(value), 'description'))).toEqual([])
  })
})
