import { describe, expect, it } from 'vitest'
import { overlayEnvironment } from './overlay.ts'

const STRIP = { name: 'rack', driver: 'kasa', address: '10.0.0.5' }
const KASA = { KASA_IP: '10.0.0.9', KASA_USERNAME: 'u', KASA_PASSWORD: 'hunter2' }

describe('overlayEnvironment', () => {
  it('makes a whole deployment of the variables, with the password by reference', () => {
    const { data, problems } = overlayEnvironment(undefined, { ...KASA, HOSTS: 'a=10.0.0.1@0,b=[fd00::2]@5,c=nas.lan' })
    expect(problems).toEqual([])
    expect(data).toEqual({
      mode: 'act',
      powerDevices: [
        { name: 'strip', driver: 'kasa', address: '10.0.0.9', username: 'u', password: { env: 'KASA_PASSWORD' } },
      ],
      hosts: [
        { name: 'a', address: '10.0.0.1', power: [{ device: 'strip', outlet: 0 }] },
        { name: 'b', address: 'fd00::2', power: [{ device: 'strip', outlet: 5 }] },
        { name: 'c', address: 'nas.lan' },
      ],
    })
  })

  it('overrides the one kasa device of a file and maps hosts to it by its own name', () => {
    const { data, origins, problems } = overlayEnvironment(
      { powerDevices: [{ name: 'bmc', driver: 'fence' }, STRIP] },
      { KASA_IP: '10.0.0.9', HOSTS: 'a=10.0.0.1@2' },
    )
    expect(problems).toEqual([])
    expect(data).toMatchObject({
      powerDevices: [{ name: 'bmc' }, { name: 'rack', address: '10.0.0.9' }],
      hosts: [{ power: [{ device: 'rack', outlet: 2 }] }],
    })
    expect(origins.exactly(['powerDevices', 1, 'address'])).toBe('KASA_IP')
    expect(origins.variable(['powerDevices', 0, 'name'])).toBeUndefined()
    expect(origins.variable(['hosts', 0, 'power', 0])).toBe('HOSTS')
  })

  it('adds a strip where the file has none', () => {
    const { data, problems } = overlayEnvironment({ hosts: [] }, KASA)
    expect(problems).toEqual([])
    expect(data).toMatchObject({ powerDevices: [{ name: 'strip', driver: 'kasa', address: '10.0.0.9' }] })
    expect(overlayEnvironment({}, { KASA_PASSWORD: 'x' }).problems).toHaveLength(1)
  })

  it('does not touch the data it was given', () => {
    const file = { rounds: { interval: '30s' }, powerDevices: [STRIP] }
    const before = structuredClone(file)
    overlayEnvironment(file, { ...KASA, CHECK_INTERVAL: '20' })
    expect(file).toEqual(before)
  })

  it.each([
    ['30', '30s'],
    ['90s', '90s'],
    [' 45 ', '45s'],
    ['1h30m', '1h30m'],
  ])('reads %j as %s', (text, duration) => {
    expect(overlayEnvironment({}, { CHECK_INTERVAL: text }).data).toEqual({ rounds: { interval: duration } })
  })

  it.each(['', '  '])('takes %j as not set', (text) => {
    expect(overlayEnvironment({}, { CHECK_INTERVAL: text, HOSTS: text, KASA_IP: text }).data).toEqual({})
  })

  it('leaves broken sections of a file to the schema', () => {
    const file = { rounds: 5, powerDevices: 'strip', hosts: 7 }
    const { data, problems } = overlayEnvironment(file, { CHECK_INTERVAL: '20', KASA_IP: '10.0.0.9' })
    expect(data).toEqual(file)
    expect(problems).toEqual([])
    const nameless = {
      powerDevices: [{ driver: 'kasa', name: Object.create(null) }],
      hosts: [{ name: Object.create(null) }, 3],
    }
    expect(overlayEnvironment(nameless, { ...KASA, HOSTS: 'a=10.0.0.1@2' }).warnings).toHaveLength(1)
  })
})
