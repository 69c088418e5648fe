import { z } from 'zod'

const SERVER_EXPECTED = 'the address of the server is expected, such as https://push.example.org'

/** A server in the configuration, with a path where it lives below one; without a slash at its end in the program. */
export const serverAddress = () =>
  z
    .string({ error: SERVER_EXPECTED })
    .refine(isServerAddress, SERVER_EXPECTED)
    .transform((text) => withoutSlash(text))

/** `https://host/path`, and nothing that could be or hide a secret. */
function isServerAddress(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false
  const { username, password, search, hash } = new URL(text)
  return `${username}${password}${search}${hash}` === ''
}

export function withoutSlash(text: string): string {
  return text.replace(/\/+$/, '')
}

/** A part of a short URL as it was meant; undefined where its percent signs are none. */
export function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
