import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Outcome } from '../../ports/power-device.ts'
import { commandDriver } from './driver.ts'
import { schema } from './settings.ts'

const never = new AbortController().signal
let dir: string
let script: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'command-'))
  script = join(dir, 'outlet')
  writeFileSync(join(dir, 'state'), 'on')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function write(body: string): void {
  writeFileSync(
    script,
    `#!/bin/sh\ndir=${dir}\nprintf '%s|' "$@" "$WATCHDOG_ACTION" "$WATCHDOG_OUTLET" >> $dir/calls\n${body}\n`,
  )
  chmodSync(script, 0o755)
}

const HONEST = `case $1 in
  status) cat $dir/state;;
  on|off) printf $1 > $dir/state;;
  *) echo "what is $1?" >&2; exit 64;;
esac`

function device(settings: Record<string, unknown> = {}) {
  const parsed = schema.parse({ command: [script], timeout: '20s', verifyWithin: '0s', ...settings })
  return commandDriver.create('shed', parsed)
}

function errorOf(outcome: Outcome<unknown>) {
  if (outcome.ok) throw new Error(`success was not expected: ${JSON.stringify(outcome.value)}`)
  expect(outcome.error.sentence).not.toContain('hunter2')
  return outcome.error
}

describe('a program that works', () => {
  test('switches off and on, and each is read back', async () => {
    write(HONEST)
    const shed = device()
    expect(await shed.turnOff('', never)).toEqual({ ok: true, value: { outlet: '', state: 'off' } })
    expect(await shed.turnOn('', never)).toEqual({ ok: true, value: { outlet: '', state: 'on' } })
    expect(readFileSync(join(dir, 'calls'), 'utf8')).toBe('off||off||status||status||on||on||status||status||')
  })

  test('has its own command for each action', async () => {
    write(`echo "$@" >> $dir/log; [ "$2" = status ] && echo "off"; exit 0`)
    const command = Object.fromEntries(
      ['status', 'off', 'on'].map((action) => [action, [script, '--outlet={outlet}', action]]),
    )
    const shed = device({ command, outletNames: ['$& 3', '4'] })
    expect(await shed.turnOff('$& 3', never)).toMatchObject({ ok: true, value: { state: 'off' } })
    expect(readFileSync(join(dir, 'log'), 'utf8')).toBe('--outlet=$& 3 off\n--outlet=$& 3 status\n')
  })

  test('tells watts', async () => {
    write('echo "ON 61.5 W"')
    expect(await device().read('', never)).toEqual({ ok: true, value: { outlet: '', state: 'on', watts: 61.5 } })
  })

  test('serves the outlets that are named, and no other', async () => {
    write('echo on 1')
    const shed = device({ outletNames: ['a', 'b'] })
    expect(await shed.readAll(never)).toMatchObject({ ok: true, value: [{ outlet: 'a' }, { outlet: 'b' }] })
    expect(errorOf(await shed.turnOff('c', never))).toEqual({
      code: 'no-such-outlet',
      sentence: "there is no outlet 'c'; known are: a, b",
      mayHaveLanded: false,
    })
    expect(errorOf(await device().read('a', never)).code).toBe('no-such-outlet')
  })

  test('is given the time that it takes for the status to follow', async () => {
    write(
      `case $1 in status) cat $dir/state;; off) (sleep 0.7; printf off > $dir/state) >/dev/null 2>&1 & ;; esac; sleep 1`,
    )
    expect(await device({ verifyWithin: '30s' }).turnOff('', never)).toMatchObject({
      ok: true,
      value: { state: 'off' },
    })
  })

  test('is known by what is configured, by what it tells, or by its command', async () => {
    write(`case $1 in who) echo 'SN 42';; *) cat $dir/state;; esac`)
    const command = { status: [script, 'status'], off: [script, 'off'], on: [script, 'on'] }
    const identityOf = async (settings: Record<string, unknown>) => {
      const identity = await device(settings).identify(never)
      return identity.ok ? identity.value.deviceId : identity.error.code
    }
    expect(await identityOf({ id: 'shed-1' })).toBe('shed-1')
    expect(await identityOf({})).toBe(`command ["${script}"]`)
    expect(await identityOf({ command: { ...command, identify: [script, 'who'] } })).toBe('SN 42')
    expect(await identityOf({ command: { ...command, identify: [script, 'who'] }, id: 'SN 42' })).toBe('SN 42')
    expect(await identityOf({ command: { ...command, identify: [script, 'who'] }, id: 'SN 1' })).toBe(
      'identity-mismatch',
    )
    expect(await identityOf({ command: { ...command, identify: ['/bin/true'] } })).toBe('malformed-answer')
  })
})

describe('a program that does not', () => {
  test('acknowledges, and the status stays', async () => {
    write('echo on')
    expect(errorOf(await device().turnOff('', never))).toEqual({
      code: 'refused',
      sentence: 'the off command reported success, but the status is still on',
      mayHaveLanded: true,
    })
  })

  test.each(['', 'maybe', 'on off', 'on\noff', 'on -5', 'on 1e999', 'on 99999999', 'only'])(
    'prints %j as its status',
    async (text) => {
      write(`printf '%s' '${text}'`)
      expect(errorOf(await device().read('', never))).toMatchObject({ code: 'malformed-answer', mayHaveLanded: false })
    },
  )

  test('prints garbage without end', async () => {
    write('head -c 5000000 /dev/urandom')
    expect(errorOf(await device().read('', never)).code).toBe('malformed-answer')
  })

  test('switches, and then cannot tell its status', async () => {
    write('[ $1 = status ] && exit 69; exit 0')
    expect(errorOf(await device().turnOff('', never))).toMatchObject({ code: 'unreachable', mayHaveLanded: true })
  })

  test.each([
    [1, 'agent-failed'],
    [69, 'unreachable'],
    [77, 'credentials-refused'],
  ])('ends with %i', async (exitCode, code) => {
    write(`echo 'no luck' >&2; exit ${exitCode}`)
    expect(errorOf(await device().turnOn('', never))).toEqual({
      code,
      sentence: `the on command failed with exit code ${exitCode}: no luck`,
      mayHaveLanded: true,
    })
  })

  test('hangs, and is ended with what it started', async () => {
    write(`[ $1 = off ] && { printf off > $dir/state; sleep 600; }; cat $dir/state`)
    const shed = device({ timeout: '500ms' })
    expect(errorOf(await shed.turnOff('', never))).toMatchObject({ code: 'timeout', mayHaveLanded: true })
    expect(await shed.read('', never)).toMatchObject({ ok: true, value: { state: 'off' } })
  })

  test('is ended by an abort, also between looks at the status', async () => {
    write(`[ $1 = status ] && { printf x > $dir/asked; echo on; }; exit 0`)
    const controller = new AbortController()
    const ending = device({ verifyWithin: '10m' }).turnOff('', controller.signal)
    while (!existsSync(join(dir, 'asked'))) await new Promise((resolve) => setTimeout(resolve, 10))
    controller.abort()
    expect(errorOf(await ending)).toMatchObject({ code: 'aborted', mayHaveLanded: true })
  })

  test('is ended by an abort while it runs', async () => {
    write(`printf x > $dir/started; sleep 600`)
    const controller = new AbortController()
    const ending = device().turnOff('', controller.signal)
    while (!existsSync(join(dir, 'started'))) await new Promise((resolve) => setTimeout(resolve, 10))
    controller.abort()
    expect(errorOf(await ending)).toMatchObject({ code: 'aborted', mayHaveLanded: true })
    expect(errorOf(await device().turnOff('', controller.signal))).toMatchObject({
      code: 'aborted',
      mayHaveLanded: false,
    })
  })

  test('is missing, or may not be run', async () => {
    expect(errorOf(await device().turnOff('', never))).toMatchObject({ code: 'agent-failed', mayHaveLanded: false })
    write(HONEST)
    chmodSync(script, 0o644)
    const error = errorOf(await device().turnOff('', never))
    expect(error).toMatchObject({ code: 'agent-failed', mayHaveLanded: false })
    expect(error.sentence).toContain('may not be run')
  })
})

describe('secrets', () => {
  test('reach the program as variables, and no sentence', async () => {
    writeFileSync(join(dir, 'password'), 'hunter2\n')
    write(`printf '%s' "$PASSWORD $USER_NAME" > $dir/got; echo "login $PASSWORD refused" >&2; exit 77`)
    const env = { PASSWORD: { file: join(dir, 'password') }, USER_NAME: 'admin' }
    expect(errorOf(await device({ env }).turnOff('', never)).sentence).toBe(
      'the off command failed with exit code 77: login *** refused',
    )
    expect(readFileSync(join(dir, 'got'), 'utf8')).toBe('hunter2 admin')
    expect(readFileSync(join(dir, 'calls'), 'utf8')).not.toContain('hunter2')
  })

  test('that are missing keep it from being run', async () => {
    write(HONEST)
    const error = errorOf(await device({ env: { PASSWORD: { env: 'NO_SUCH_VARIABLE' } } }).turnOff('', never))
    expect(error).toMatchObject({ code: 'refused', mayHaveLanded: false })
    expect(existsSync(join(dir, 'calls'))).toBe(false)
  })
})

describe('the configuration', () => {
  test.each([
    [{}, 'command'],
    [{ command: [] }, 'command'],
    [{ command: ['./outlet'] }, 'command'],
    [{ command: { off: ['a'], on: ['b'] } }, 'command'],
    [{ command: ['a'], outletNames: ['1', '1'] }, 'outletNames'],
    [{ command: ['a'], env: { WATCHDOG_OUTLET: '1' } }, 'env.WATCHDOG_OUTLET'],
    [{ command: ['a'], timeout: '1ms' }, 'timeout'],
  ])('%j is refused', (settings, path) => {
    const result = schema.safeParse(settings)
    expect(result.success).toBe(false)
    expect(result.error?.issues[0]?.path.join('.')).toBe(path)
  })

  test('tells how long an order and its verification take at most', () => {
    expect(commandDriver.slowestCommandMs(schema.parse({ command: ['a'] }))).toBe(76_000)
  })
})
