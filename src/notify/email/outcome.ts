import type { SendOutcome } from '../../ports/notifier.ts'
import { fewWords, refused } from '../outcome.ts'
import type { Refusal, Stage, Trouble } from './trouble.ts'

type Refused = Extract<SendOutcome, { ok: false }>

const TLS_CODE = /^(?:ETLS|ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|EPROTO$)/
/** RFC 4954: a login is wanted first, is too weak, or was refused. */
const LOGIN_WANTED = new Set([530, 534, 535, 538])
const WHILE: Readonly<Record<Stage, string>> = {
  connect: 'while connecting',
  greeting: 'before it said hello',
  login: 'during the login',
  envelope: 'before it took the message',
  body: 'while it took the message',
}

/** What was asked for, and what must not be repeated of an answer. */
export type Tried = { readonly plain: boolean; readonly timeoutMs: number; readonly secrets: readonly string[] }

/**
 * What a failed conversation means. 4yz is another try, 5yz the end of this message (RFC 5321, 4.2.1), but only where it
 * is the message that was refused: a login, a greeting or a certificate can be mended while messages wait.
 */
export function outcomeOf(trouble: Trouble, tried: Tried): Refused {
  const { stage, why, handed, replyCode } = trouble
  const arrived = { mayHaveArrived: handed }
  if (why === 'stopped') return refused('aborted', 'later', 'it was given up', arrived)
  if (why === 'timeout') {
    const sentence = `the mail server was not done in ${tried.timeoutMs} ms, ${WHILE[stage]}`
    return refused('timeout', 'later', sentence, arrived)
  }
  if (why === 'untrusted') return refused('tls', 'later', trouble.sentence ?? 'the mail server cannot be trusted')
  return replyCode === undefined ? broken(trouble, tried) : answered(replyCode, trouble, tried)
}

function broken({ stage, code = 'UNKNOWN', handed }: Trouble, { plain }: Tried): Refused {
  if (TLS_CODE.test(code)) return refused('tls', 'later', `the secure connection to the mail server failed (${code})`)
  if (code === 'ENOAUTH') return refused('credentials-refused', 'later', 'the mail server takes no login')
  if (code === 'EAUTH') return refused('credentials-refused', 'later', 'the mail server takes no login that we know')
  if (code === 'EMESSAGE') return refused('too-large', plain ? 'never' : 'plain', 'larger than the mail server takes')
  if (code === 'EPROTOCOL') {
    return refused('malformed-answer', 'later', 'the mail server does not speak SMTP', { mayHaveArrived: handed })
  }
  const sentence = stage === 'connect' ? 'the mail server was not reached' : 'the mail server broke the connection'
  return refused('unreachable', 'later', `${sentence} (${code}), ${WHILE[stage]}`, { mayHaveArrived: handed })
}

function answered(replyCode: number, { stage, reply = '', command }: Trouble, { plain, secrets }: Tried): Refused {
  const said = `the mail server answered ${fewWords(reply, secrets)}`
  const degrade = plain ? 'never' : 'plain'
  if (command === 'STARTTLS') return refused('tls', 'later', `it offers no STARTTLS: ${said}`)
  if (stage === 'login') return refused(replyCode < 500 ? 'server-error' : 'credentials-refused', 'later', said)
  if (stage === 'connect' || stage === 'greeting' || replyCode < 500) return refused('server-error', 'later', said)
  if (LOGIN_WANTED.has(replyCode)) return refused('credentials-refused', 'later', said)
  // The session was in another state than it should be, which a new one is not.
  if (replyCode === 503) return refused('server-error', 'later', said)
  if (replyCode === 552 || /^\d{3}[ -]5\.(?:2\.3|3\.4)\b/.test(reply)) {
    // RFC 5321, 4.5.3.1.10: of a recipient it is the old form of 452.
    if (command === 'RCPT TO' && replyCode === 552) return refused('server-error', 'later', said)
    return refused('too-large', degrade, said)
  }
  // After the body it is what is in it that was refused; before, it is who sends it or who gets it.
  return refused('rejected', stage === 'body' ? degrade : 'never', said)
}

/** What is to be said of a message that some of its recipients do not get. */
export function noteOf(refusals: readonly Refusal[], all: number, secrets: readonly string[]): string | undefined {
  const [first] = refusals
  if (first === undefined) return undefined
  const whom = refusals.map(({ recipient }) => recipient).join(', ')
  return `${refusals.length} of ${all} recipients were refused (${whom}): ${fewWords(first.reply, secrets)}`
}
