/** The machine cannot give the lab what it needs: a port in use, no child process, too few addresses. */
export class LabFault extends Error {
  override name = 'LabFault'
  readonly code: 'address-in-use' | 'cannot-listen' | 'cannot-hang' | 'bad-options'

  constructor(code: LabFault['code'], sentence: string) {
    super(sentence)
    this.code = code
  }
}
