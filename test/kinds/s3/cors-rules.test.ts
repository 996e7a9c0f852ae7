import { describe, expect, test } from 'vitest'
import {
  type CorsAsked,
  needsPreflight,
  notExposed,
  originLacks,
  preflightHeaders,
  preflightLacks,
} from '../../../src/kinds/s3/cors-rules.js'

const APP = 'https://app.example.net'
const put: CorsAsked = { origin: APP, method: 'PUT', headers: ['content-type'], credentials: false }
const good = {
  'access-control-allow-origin': APP,
  'access-control-allow-methods': 'GET, PUT',
  'access-control-allow-headers': 'Content-Type',
}

describe('the answer to a preflight', () => {
  const cases: readonly [string, Partial<CorsAsked>, Record<string, string | undefined>, number, string | undefined][] =
    [
      ['names everything', {}, {}, 200, undefined],
      ['204 is as good', {}, {}, 204, undefined],
      ['any origin will do', {}, { 'access-control-allow-origin': '*' }, 200, undefined],
      ['no origin', {}, { 'access-control-allow-origin': undefined }, 200, 'no Access-Control-Allow-Origin'],
      ['another port is another origin', {}, { 'access-control-allow-origin': `${APP}:8443` }, 200, 'another origin'],
      ['a slash at the end is another text', {}, { 'access-control-allow-origin': `${APP}/` }, 200, 'another origin'],
      ['two origins are none', {}, { 'access-control-allow-origin': `${APP}, ${APP}` }, 200, 'another origin'],
      ['an error, whatever it names', {}, {}, 403, 'only 200 to 299'],
      ['a redirect is not followed', {}, {}, 301, 'only 200 to 299'],
      ['another method', { method: 'DELETE' }, {}, 200, 'Access-Control-Allow-Methods lacks DELETE'],
      ['methods are compared exactly', {}, { 'access-control-allow-methods': 'put' }, 200, 'lacks PUT'],
      ['any method', {}, { 'access-control-allow-methods': '*' }, 200, undefined],
      ['a method that needs no leave', { method: 'POST' }, { 'access-control-allow-methods': '' }, 200, undefined],
      ['no method named', {}, { 'access-control-allow-methods': undefined }, 200, 'lacks PUT'],
      [
        'a header that is not named',
        { headers: ['x-amz-acl'] },
        {},
        200,
        'Access-Control-Allow-Headers lacks x-amz-acl',
      ],
      ['any header', { headers: ['x-amz-acl'] }, { 'access-control-allow-headers': '*' }, 200, undefined],
      [
        '* is not authorization',
        { headers: ['authorization'] },
        { 'access-control-allow-headers': '*' },
        200,
        'lacks auth',
      ],
      [
        'with cookies * is no origin',
        { credentials: true },
        { 'access-control-allow-origin': '*' },
        200,
        'does not count',
      ],
      ['with cookies they must be named', { credentials: true }, {}, 200, 'Access-Control-Allow-Credentials'],
      [
        'with cookies, all named',
        { credentials: true },
        { 'access-control-allow-credentials': 'true' },
        200,
        undefined,
      ],
      [
        'with cookies * is no method',
        { credentials: true },
        { 'access-control-allow-credentials': 'true', 'access-control-allow-methods': '*' },
        200,
        'lacks PUT',
      ],
    ]
  test.each(cases)('%s', (_, asked, headers, status, lacks) => {
    const given = Object.entries({ ...good, ...headers }).filter(([, value]) => value !== undefined)
    const said = preflightLacks({ ...put, ...asked }, status, Object.fromEntries(given) as Record<string, string>)
    if (lacks === undefined) expect(said).toBeUndefined()
    else expect(said).toContain(lacks)
  })
})

test.each([
  ['PUT', [], true],
  ['GET', [], false],
  ['GET', ['accept'], false],
  ['GET', ['authorization'], true],
  ['POST', ['content-type'], true],
] as const)('%s with %j: a preflight is sent: %s', (method, headers, sent) => {
  expect(needsPreflight({ ...put, method, headers })).toBe(sent)
})

test('names of headers are sent in lower case, sorted, without spaces', () => {
  expect(preflightHeaders({ ...put, headers: ['x-b', 'content-type'] })).toMatchObject({
    origin: APP,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'content-type,x-b',
  })
})

test.each([
  ['ETag', []],
  ['*', []],
  ['x-other', ['etag']],
])('exposing %s hides %j', (exposed, hidden) => {
  expect(notExposed(['etag', 'content-type'], false, { 'access-control-expose-headers': exposed })).toEqual(hidden)
})

test('an answer without a preflight must name the origin, too', () => {
  expect(originLacks(put, {})).toBe('no Access-Control-Allow-Origin')
})
