import assert from 'node:assert/strict'
import { claimNetwork, FREE_PORTS } from '../../testing/network.ts'
import { findOutlet, homeLab } from '../../world/index.ts'
import { LAB_CREDENTIALS, type Lab, type LabOptions, startLab } from '../index.ts'
import { type KlapLogin, TestKlapClient, TestXorClient } from './test-client.ts'

/*
 * What the tests of the emulator share: a lab on free ports of its own network, and clients that are closed with it.
 */

export const SYSINFO = { system: { get_sysinfo: {} } }
export const DEVICE = homeLab().strips[0]?.deviceId ?? ''
export const OK = { system: { set_relay_state: { err_code: 0 } } }
const NETWORK = await claimNetwork()

export const child = (outlet: number) => ({ context: { child_ids: [`${DEVICE}0${outlet}`] } })
export const relay = (outlet: number, state: 0 | 1) => ({ ...child(outlet), system: { set_relay_state: { state } } })

const cleanup: (() => unknown)[] = []

/** Closes what the test opened, latest first. */
export async function cleanUp(): Promise<void> {
  for (const one of cleanup.splice(0).reverse()) await one()
}

export async function start(options: Partial<LabOptions> = {}): Promise<Lab> {
  const lab = await startLab({ spec: homeLab(), network: NETWORK, ports: FREE_PORTS, ...options })
  cleanup.push(() => lab.stop())
  return lab
}

export function clientOf(lab: Lab, login: Partial<KlapLogin> = {}): TestKlapClient {
  const { address, ports } = lab.strip('strip')
  const client = new TestKlapClient(address, ports.klap, { version: 2, ...LAB_CREDENTIALS, ...login })
  cleanup.push(() => client.close())
  return client
}

/** A client whose session stands. */
export async function shaken(lab: Lab, login: Partial<KlapLogin> = {}): Promise<TestKlapClient> {
  const client = clientOf(lab, login)
  const status = await client.handshake()
  assert.equal(status, 200)
  return client
}

export function xorClientOf(lab: Lab): TestXorClient {
  const { address, ports } = lab.strip('strip')
  const client = new TestXorClient(address, ports.legacy)
  cleanup.push(() => client.socket.destroy())
  return client
}

export const isOn = (lab: Lab, outlet: number) => findOutlet(lab.world, 'strip', outlet)?.on
export const codes = (lab: Lab) =>
  lab
    .strip('strip')
    .violations()
    .map((violation) => violation.code)

/** `answered`, or the code of the failure. */
export const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: { code?: string }) => error.code,
  )
