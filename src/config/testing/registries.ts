import { z } from 'zod'
import type { Registries } from '../registry.ts'
import { duration, networkAddress, port, secret } from '../values.ts'

/** A small registry, so that the configuration is tested without any adapter. Its shapes are those of real ones. */
export const TEST_REGISTRIES: Registries = {
  probes: {
    icmp: {
      kind: 'icmp',
      schema: z.strictObject({ timeout: duration(100).prefault('3s').describe('Longest wait.') }),
      provesWith: () => 'kernel',
      maxMs: (settings) => (settings as { timeout: number }).timeout,
    },
    https: {
      kind: 'https',
      schema: z.strictObject({
        port: port().default(8006).describe('Port.'),
        timeout: duration(100).default(5000).describe('Longest wait.'),
      }),
      provesWith: () => 'userland',
      maxMs: (settings) => (settings as { timeout: number }).timeout,
    },
    tcp: {
      kind: 'tcp',
      schema: z.strictObject({ port: port().describe('Port.'), banner: z.string().optional().describe('Banner.') }),
      provesWith: (settings) => ((settings as { banner?: string }).banner === undefined ? 'kernel' : 'userland'),
      maxMs: () => 1000,
    },
  },
  drivers: {
    kasa: {
      driver: 'kasa',
      schema: z.strictObject({
        address: networkAddress().describe('Address.'),
        username: z.string().optional().describe('Account.'),
        password: secret().optional().describe('Password.'),
      }),
      addressing: () => ({ outlet: 'required' }),
      endpoint: (settings) => (settings as { address: string }).address,
      slowestCommandMs: () => 20_000,
    },
    switch: {
      driver: 'switch',
      schema: z.strictObject({
        program: z.string().describe('Program.'),
        wait: duration().default(1500).describe('Wait.'),
      }),
      addressing: () => ({ outlet: 'none' }),
      endpoint: (settings) => (settings as { program: string }).program,
      slowestCommandMs: (settings) => (settings as { wait: number }).wait,
    },
  },
  channels: {
    chat: { type: 'chat', schema: z.strictObject({ webhook: secret().describe('Address of the webhook.') }) },
    pager: {
      type: 'pager',
      schema: z.strictObject({
        number: z.string().describe('Number.'),
        timeout: duration(100).prefault('10s').describe('Longest wait.'),
      }),
    },
  },
  heartbeats: {
    ping: { type: 'ping', schema: z.strictObject({ url: secret().describe('Address that is called.') }) },
  },
}

/** A section with one strip, for files that need one. */
export const STRIP = 'powerDevices: [{ name: strip, driver: kasa, address: 10.0.0.5 }]\n'
