import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/**
 * A node in a folder: a program in place of ssh that runs the real script, by the real shell, over the folder in place
 * of /run, /sys, /proc and /dev. systemctl and modprobe write down what they are told.
 */
export class FakeNode {
  readonly root = mkdtempSync(join(tmpdir(), 'fake-node-'))
  readonly ssh = join(this.root, 'bin', 'ssh')

  constructor() {
    for (const folder of ['bin', 'run', 'sys/class/watchdog', 'sys/module', 'proc', 'dev', 'etc/default']) {
      mkdirSync(join(this.root, folder), { recursive: true })
    }
    const { root } = this
    this.program(
      'ssh',
      `printf '%s\\n' "$@" >${root}/arguments
       tee ${root}/script | sed -e 's#/run/watchdog#${root}/run/watchdog#g' -e 's#/sys/#${root}/sys/#g' \\
         -e 's#/proc/#${root}/proc/#g' -e 's#/dev/watchdog#${root}/dev/watchdog#g' -e 's#/etc/#${root}/etc/#g' |
       PATH=${root}/bin:$PATH sh -s`,
    )
    this.program('id', 'echo 0')
    this.program('dpkg-query', 'echo "manager 5.1.3"')
    this.program(
      'systemctl',
      `case "$1" in
         is-enabled) cat ${root}/enabled-$2 2>/dev/null || echo enabled ;;
         is-active) [ -e ${root}/mux-pid ] && echo active || echo inactive ;;
         show) cat ${root}/mux-pid 2>/dev/null || echo 0 ;;
         *) echo "systemctl $*" >>${root}/told
            case "$1" in
              mask) echo masked >${root}/enabled-$2 ;;
              unmask) rm -f ${root}/enabled-$2 ;;
              stop) rm -rf ${root}/proc/$(cat ${root}/mux-pid) ${root}/mux-pid; echo inactive >${root}/sys/class/watchdog/watchdog0/state ;;
              start) echo 77 >${root}/mux-pid ;;
            esac ;;
       esac`,
    )
    this.program(
      'modprobe',
      `echo "modprobe $*" >>${root}/told; rm -rf ${root}/sys/module/softdog ${root}/sys/class/watchdog/* ${root}/dev/*`,
    )
  }

  program(name: string, script: string): void {
    const file = join(this.root, 'bin', name)
    writeFileSync(file, `#!/bin/sh\n${script}\n`)
    chmodSync(file, 0o755)
  }

  put(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true })
    writeFileSync(join(this.root, path), text)
  }

  /** As a fresh Proxmox node is: watchdog-mux holds softdog, and no client is there. */
  fresh(pid = 77): this {
    this.put('mux-pid', `${pid}\n`)
    this.put(`proc/${pid}/comm`, 'watchdog-mux\n')
    mkdirSync(join(this.root, `proc/${pid}/fd`))
    this.put('dev/watchdog', '')
    symlinkSync(join(this.root, 'dev/watchdog'), join(this.root, `proc/${pid}/fd/3`))
    const fields = { identity: 'Software Watchdog', timeout: '10', state: 'active', nowayout: '0' }
    for (const [field, value] of Object.entries(fields)) this.put(`sys/class/watchdog/watchdog0/${field}`, `${value}\n`)
    this.put('sys/module/softdog/parameters/nowayout', '0\n')
    this.put('sys/module/softdog/parameters/soft_margin', '60\n')
    this.put(
      'etc/default/pve-ha-manager',
      '# select watchdog module (default is softdog)\n#WATCHDOG_MODULE=ipmi_watchdog\n',
    )
    return this
  }

  clients(are: boolean): void {
    if (are) mkdirSync(join(this.root, 'run/watchdog-mux.active'))
    else rmSync(join(this.root, 'run/watchdog-mux.active'), { recursive: true, force: true })
  }

  /** What systemctl and modprobe were told to change. */
  get told(): readonly string[] {
    const file = join(this.root, 'told')
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
  }

  text(name: string): string {
    return readFileSync(join(this.root, name), 'utf8')
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}
