// Run by a test inside a network namespace: reads { kind, targets, deadlineMs } and prints the answers of one round.
import { readFileSync } from 'node:fs'
import { icmp } from '../../src/probes/icmp.ts'
import type { ProbeKind } from '../../src/probes/kind.ts'
import { tcp } from '../../src/probes/tcp.ts'

const kinds: Record<string, ProbeKind<never>> = { icmp, tcp } as never
const asked = JSON.parse(readFileSync(0, 'utf8'))
const kind = kinds[asked.kind]
if (!kind) throw new Error(`no probe kind ${asked.kind}`)

const probe = kind.create()
const settings = kind.schema.parse(asked.settings)
const targets = asked.addresses.map((address: string) => ({ id: address, address, settings }))
const answers = await probe.round(targets, asked.deadlineMs, new AbortController().signal)
await probe.close()
console.log(JSON.stringify(Object.fromEntries(answers.map((answer) => [answer.id, answer]))))
