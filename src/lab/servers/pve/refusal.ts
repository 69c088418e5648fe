/** An answer that is an error: its text is the reason phrase as well as the message. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly status: number
  readonly errors: Readonly<Record<string, string>> | undefined
  /** Real milliseconds before it is told. */
  readonly afterMs: number

  constructor(status: number, text: string, more: { errors?: Record<string, string>; afterMs?: number } = {}) {
    super(text)
    this.status = status
    this.errors = more.errors
    this.afterMs = more.afterMs ?? 0
  }
}

/** What the cluster file system says to a write without quorum. */
export function noQuorum(afterMs: number): Refusal {
  return new Refusal(500, "unable to open file '/etc/pve/local/lock': Permission denied", { afterMs })
}
