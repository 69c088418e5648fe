const INITIAL_KEY = 171
const LENGTH_BYTES = 4

/** The legacy obfuscation: each byte is XORed with the ciphertext byte before it, the first with 171. */
export function xorEncrypt(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  let key = INITIAL_KEY
  for (let index = 0; index < bytes.length; index += 1) {
    key ^= bytes[index] as number
    bytes[index] = key
  }
  return bytes
}

export function xorDecrypt(bytes: Uint8Array): string {
  const plain = Buffer.alloc(bytes.length)
  let key = INITIAL_KEY
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number
    plain[index] = byte ^ key
    key = byte
  }
  return plain.toString('utf8')
}

/** A message for TCP: its length as 4 bytes big-endian, then the obfuscated text. Over UDP the length is left out. */
export function xorFrame(text: string): Buffer {
  const body = xorEncrypt(text)
  const frame = Buffer.alloc(LENGTH_BYTES + body.length)
  frame.writeUInt32BE(body.length)
  body.copy(frame, LENGTH_BYTES)
  return frame
}

export type Frame =
  | { readonly kind: 'partial' }
  | { readonly kind: 'oversized'; readonly announced: number }
  | { readonly kind: 'complete'; readonly text: string }

/** Reads a frame from what has arrived so far. Anything after the first frame is not looked at. */
export function readFrame(received: Buffer, maxBytes: number): Frame {
  if (received.length < LENGTH_BYTES) return { kind: 'partial' }
  const announced = received.readUInt32BE(0)
  if (announced > maxBytes) return { kind: 'oversized', announced }
  if (received.length < LENGTH_BYTES + announced) return { kind: 'partial' }
  return { kind: 'complete', text: xorDecrypt(received.subarray(LENGTH_BYTES, LENGTH_BYTES + announced)) }
}
