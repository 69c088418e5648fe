/** How far a conversation with a mail server came. */
export const STAGES = ['connect', 'greeting', 'login', 'envelope', 'body'] as const
export type Stage = (typeof STAGES)[number]

/** Why a message was not sent: facts for `outcomeOf`. The reply is the server's own and may hold anything. */
export type Trouble = {
  readonly ok: false
  readonly stage: Stage
  readonly why: 'stopped' | 'timeout' | 'untrusted' | 'broken'
  /** The whole body had left, with the dot that ends it. */
  readonly handed: boolean
  /** Of the system or of the SMTP library: ECONNREFUSED, EAUTH, ... */
  readonly code?: string
  /** What the server answered last, where an answer is what ended it. */
  readonly reply?: string
  readonly replyCode?: number
  /** The command that it answered. */
  readonly command?: string
  /** A sentence of ours about the certificate. */
  readonly sentence?: string
}

export type Refusal = { readonly recipient: string; readonly reply: string }
export type Taken = { readonly ok: true; readonly refused: readonly Refusal[] }

/** What the SMTP library throws. */
type LibraryError = {
  readonly code?: string
  readonly originalCode?: string
  readonly response?: string | false
  readonly responseCode?: number | false
  readonly command?: string | false
  /** Only the system's own errors have one. */
  readonly syscall?: string
}

export function troubleOf(error: unknown, at: Pick<Trouble, 'stage' | 'handed'>): Trouble {
  const { code, originalCode, response, responseCode, command, syscall } = error as LibraryError
  const found = originalCode ?? code
  return {
    ok: false,
    why: code === 'ETIMEDOUT' && syscall === undefined ? 'timeout' : 'broken',
    ...at,
    ...(found === undefined ? {} : { code: found }),
    ...(typeof response === 'string' ? { reply: response } : {}),
    ...(typeof responseCode === 'number' ? { replyCode: responseCode } : {}),
    ...(typeof command === 'string' ? { command } : {}),
  }
}
