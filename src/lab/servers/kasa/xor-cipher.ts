const FIRST_KEY = 171

/** The legacy cipher: each byte is XORed with the ciphertext byte before it, the first one with 171. */
export function xorSeal(plaintext: string): Buffer {
  const bytes = Buffer.from(plaintext, 'utf8')
  let key = FIRST_KEY
  for (let index = 0; index < bytes.length; index += 1) {
    key ^= bytes[index] as number
    bytes[index] = key
  }
  return bytes
}

export function xorUnseal(ciphertext: Buffer): string {
  const bytes = Buffer.alloc(ciphertext.length)
  let key = FIRST_KEY
  for (let index = 0; index < ciphertext.length; index += 1) {
    bytes[index] = (ciphertext[index] as number) ^ key
    key = ciphertext[index] as number
  }
  return bytes.toString('utf8')
}

/** Over TCP each message has its length before it, as a big-endian 32-bit number; over UDP it has not. */
export function xorFrame(plaintext: string): Buffer {
  const body = xorSeal(plaintext)
  const frame = Buffer.alloc(4 + body.length)
  frame.writeUInt32BE(body.length)
  body.copy(frame, 4)
  return frame
}
