import { expect, test } from 'vitest'
import { readFrame, xorDecrypt, xorEncrypt, xorFrame } from './xor-cipher.ts'

const question = '{"system":{"get_sysinfo":{}}}'
const frameHex = '0000001dd0f281f88bff9af7d5ef94b6d1b4c09fec95e68fe187e8caf08bf68bf6'

test('the frame of a known message', () => {
  expect(xorFrame(question).toString('hex')).toBe(frameHex)
  expect(xorEncrypt(question).toString('hex')).toBe(frameHex.slice(8))
  expect(xorDecrypt(Buffer.from(frameHex.slice(8), 'hex'))).toBe(question)
})

test('text beyond ASCII comes back', () => {
  expect(xorDecrypt(xorEncrypt('Küche ⚡'))).toBe('Küche ⚡')
})

test('a frame is read from any number of pieces', () => {
  const frame = xorFrame(question)
  for (let bytes = 0; bytes < frame.length; bytes += 1) {
    expect(readFrame(frame.subarray(0, bytes), 1000)).toEqual({ kind: 'partial' })
  }
  expect(readFrame(frame, 1000)).toEqual({ kind: 'complete', text: question })
  expect(readFrame(Buffer.concat([frame, frame]), 1000)).toEqual({ kind: 'complete', text: question })
})

test('a frame that announces too much is not waited for', () => {
  expect(readFrame(Buffer.from('HTTP/1.1 400'), 65_536)).toEqual({ kind: 'oversized', announced: 0x48545450 })
})
