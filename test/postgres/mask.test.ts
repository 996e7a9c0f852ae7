import { describe, expect, test } from 'vitest'
import { maskMessage, WITHHELD } from '../../src/postgres/mask.js'

/** Errors made up after the servers' sources: PL/Python, PL/Perl and PL/Tcl are not part of the servers tests start. */
describe('what a function raises is withheld, whatever language it is written in [without a server]', () => {
  test.each([
    ['PL/Python', { code: '38000', file: 'plpy_elog.c', routine: 'PLy_elog_impl' }],
    ['PL/Python with a code of its own', { code: '42501', file: 'plpy_elog.c', routine: 'PLy_elog_impl' }],
    ['PL/Perl', { code: 'XX000', file: 'plperl.c', routine: 'plperl_call_perl_func' }],
    ['PL/Tcl, built elsewhere', { code: '57014', file: '../src/pl/tcl/pltcl.c', routine: 'throw_tcl_error' }],
    ['a library', { code: '39004', file: 'extension.c', routine: 'f' }],
    ['a class nobody knows', { code: 'AB001', file: 'extension.c', routine: 'f' }],
  ])('%s', (_, error) => {
    expect(maskMessage({ message: 'no such customer jane@example.org', ...error })).toContain(WITHHELD)
    expect(maskMessage({ message: 'no such customer jane@example.org', ...error })).not.toContain('jane')
  })

  test('what the server says of names stays', () => {
    const error = {
      message: 'permission denied for table orders',
      code: '42501',
      file: 'aclchk.c',
      routine: 'aclcheck_error',
    }
    expect(maskMessage(error)).toBe('permission denied for table orders')
  })
})
