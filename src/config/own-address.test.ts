import { expect, it } from 'vitest'
import { isOwnAddress } from './own-address.ts'

it.each([
  ['192.168.1.5', ['10.0.0.1', '192.168.1.5'], true],
  ['192.168.1.5', ['192.168.1.50'], false],
  ['FD00:0::0005', ['fd00::5'], true],
  ['fe80::1', ['fe80::1%eth0'], true],
  ['127.0.0.7', ['127.0.0.7'], false],
  ['::1', ['::1'], false],
  ['pve1.lan', ['192.168.1.5'], false],
  ['192.168.1.5', ['garbage', ''], false],
])('%s of %j: %s', (address, own, expected) => expect(isOwnAddress(address, own)).toBe(expected))
