import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Dnsmasq, dnsmasqInstalled, startDnsmasq } from '../../fixtures/servers/dnsmasq.js'
import { freePort } from '../../fixtures/servers/free-port.js'
import { type DnsAnswer, startScriptedDns } from '../../fixtures/servers/scripted-dns.js'
import { dns } from '../../src/kinds/dns/kind.js'
import { createLocalVantage } from '../../src/vantage/local.js'
import type { Endpoint, Vantage } from '../../src/vantage/vantage.js'
import { serverOrSkip } from '../support/require-server.js'
import { runKind } from './run.js'

const CONTAINER = { from: { container: 'web' } } as const

async function look(spec: object, timeoutMs = 4000) {
  return (await runKind(dns, spec, { check: { timeoutMs } })).observation
}

/** As if it were a container: `etc` is its folder of that name, names of servers lead to `port`. */
function elsewhere(etc: Record<string, string>, port = 0, root?: string): Vantage & { readonly dialled: Endpoint[] } {
  const local = createLocalVantage({ env: process.env })
  const dialled: Endpoint[] = []
  if (root !== undefined) {
    mkdirSync(join(root, 'etc'), { recursive: true })
    for (const [name, text] of Object.entries(etc)) writeFileSync(join(root, 'etc', name), text)
  }
  return {
    ...local,
    label: 'container web',
    root: async () => root ?? '',
    dial: (to, options) => {
      dialled.push(to)
      return local.dial({ ...to, host: '127.0.0.1', port }, options)
    },
    dialled,
  }
}

serverOrSkip('dnsmasq', dnsmasqInstalled())('a dnsmasq', () => {
  let server: Dnsmasq
  beforeAll(async () => {
    server = await startDnsmasq([
      'local=/shop.test/',
      'local=/in-addr.arpa/',
      'host-record=db.shop.test,10.0.4.12,fd00::12,300',
      'host-record=pair.shop.test,10.0.4.14',
      'host-record=pair.shop.test,10.0.4.13',
      'cname=www.shop.test,front.shop.test',
      'cname=front.shop.test,db.shop.test',
      'mx-host=shop.test,Mail.shop.test,10',
      'mx-host=shop.test,backup.shop.test,20',
      'txt-record=shop.test,v=spf1 ip4:192.0.2.10, -all',
      'srv-host=_sip._tcp.shop.test,sip.shop.test,5060,0,5',
      'caa-record=shop.test,0,issue,ca.example.net',
      'ptr-record=10.2.0.192.in-addr.arpa,mail.shop.test',
      `txt-record=long.shop.test,${Array.from({ length: 8 }, () => 'x'.repeat(200)).join(',')}`,
    ])
  })
  afterAll(() => server?.stop())
  const at = (more: object) => look({ resolver: `127.0.0.1:${server.port}`, ...more })

  it.each([
    ['A', 'db.shop.test', ['10.0.4.12']],
    ['AAAA', 'db.shop.test', ['fd00::12']],
    ['A', 'DB.Shop.Test.', ['10.0.4.12']],
    ['A', 'pair.shop.test', ['10.0.4.13', '10.0.4.14']],
    ['CNAME', 'www.shop.test', ['front.shop.test']],
    ['MX', 'shop.test', ['10 mail.shop.test', '20 backup.shop.test']],
    ['TXT', 'shop.test', ['v=spf1 ip4:192.0.2.10 -all']],
    ['SRV', '_sip._tcp.shop.test', ['0 5 5060 sip.shop.test']],
    ['CAA', 'shop.test', ['0 issue ca.example.net']],
    ['PTR', '192.0.2.10', ['mail.shop.test']],
  ])('has %s records of %s', async (type, name, answers) => {
    const { subjects, method } = await at({ type, name })
    expect(subjects).toMatchObject({
      reachable: true,
      failed_step: 'none',
      rcode: 'NOERROR',
      answers,
      count: answers.length,
    })
    expect(method).toBe('udp')
    expect(subjects['server']).toBe(`127.0.0.1:${server.port}`)
  })

  it('tells the names on the way, and the least time to live', async () => {
    const { subjects } = await at({ name: 'www.shop.test' })
    expect(subjects).toMatchObject({ answers: ['10.0.4.12'], cname: ['front.shop.test', 'db.shop.test'], ttl: 0 })
    expect((await at({ name: 'db.shop.test' })).subjects).toMatchObject({ ttl: 300_000, authoritative: true })
  })

  it.each([
    ['a name that does not exist', 'gone.shop.test', 'A', 'NXDOMAIN'],
    ['a name that has none of the type', 'db.shop.test', 'MX', 'NOERROR'],
  ])('%s is a result, not a failed look', async (_, name, type, rcode) => {
    const { subjects } = await at({ name, type })
    expect(subjects).toMatchObject({
      reachable: true,
      rcode,
      answers: [],
      count: 0,
      ttl: { unobserved: expect.any(String) },
    })
  })

  it('that refuses is not reached', async () => {
    const { subjects, notes } = await at({ name: 'elsewhere.example' })
    expect(subjects).toMatchObject({
      reachable: false,
      failed_step: 'response',
      count: { unobserved: expect.any(String) },
    })
    expect(notes?.join()).toContain('answers REFUSED')
  })

  it('is asked over TCP where the answer is too long', async () => {
    const { subjects, method } = await at({ name: 'long.shop.test', type: 'TXT' })
    expect(subjects).toMatchObject({ answers: ['x'.repeat(1600)] })
    expect(method).toBe('tcp, after an answer too long for udp')
  })

  it('is asked over TCP through any other vantage', async () => {
    const vantage = elsewhere({}, server.port)
    const { observation } = await runKind(
      dns,
      { name: 'db.shop.test', resolver: '10.9.9.9' },
      { vantage, check: { ...CONTAINER, timeoutMs: 4000 } },
    )
    expect(observation.subjects).toMatchObject({ reachable: true, answers: ['10.0.4.12'], server: '10.9.9.9:53' })
    expect(observation.method).toBe('tcp, socket')
    expect(vantage.dialled).toEqual([{ host: '10.9.9.9', port: 53 }])
  })

  describe('as the name server of a container without getent', () => {
    const root = mkdtempSync(join(tmpdir(), 'postflight-dns-'))
    afterAll(() => rmSync(root, { recursive: true }))
    const etc = {
      hosts: '127.0.0.1 localhost\n10.7.7.7  cache Pinned.shop.test # left over\n',
      'resolv.conf': 'nameserver 10.9.9.9\nnameserver 10.9.9.8\nsearch nowhere.test shop.test\noptions ndots:2\n',
    }
    const inside = async (spec: object) =>
      (
        await runKind(dns, spec, {
          vantage: elsewhere(etc, server.port, root),
          check: { ...CONTAINER, timeoutMs: 4000 },
        })
      ).observation

    it.each([
      ['the hosts file goes first', { name: 'pinned.shop.test' }, ['10.7.7.7']],
      ['a name is completed by the search domains', { name: 'pair' }, ['10.0.4.13', '10.0.4.14']],
      ['other types are asked of its name servers', { name: 'shop.test', type: 'TXT' }, ['v=spf1 ip4:192.0.2.10 -all']],
    ])('%s', async (_, spec, answers) => {
      expect((await inside(spec)).subjects).toMatchObject({ reachable: true, answers })
    })

    it('says how it was asked', async () => {
      expect((await inside({ name: 'pair' })).method).toContain('/etc/resolv.conf')
    })
  })
})

describe('the system resolver', () => {
  it('gives what getaddrinfo gives, with the hosts file, and does not claim more', async () => {
    const { subjects, method } = await look({ name: 'localhost' })
    expect(subjects).toMatchObject({ reachable: true, answers: ['127.0.0.1'], server: 'system' })
    expect(subjects['ttl']).toEqual({ unobserved: expect.any(String) })
    expect(method).toBe('getaddrinfo')
  })

  it('is asked by getent elsewhere', async () => {
    const { observation } = await runKind(dns, { name: 'localhost' }, { vantage: elsewhere({}), check: CONTAINER })
    expect(observation).toMatchObject({ subjects: { reachable: true, answers: ['127.0.0.1'] }, method: 'getent' })
  })

  it('that has no answer elsewhere is not a name that does not exist', async () => {
    // getent says the same for both; the name servers are asked, and nobody listens there.
    const vantage = elsewhere({}, await freePort())
    const { observation } = await runKind(
      dns,
      { name: 'nowhere.invalid' },
      { vantage, check: { ...CONTAINER, timeoutMs: 3000 } },
    )
    expect(observation.subjects).toMatchObject({ reachable: false, count: { unobserved: expect.any(String) } })
  })
})

describe('a name server that misbehaves', () => {
  const good: DnsAnswer = { answers: [{ type: 'A', name: 'a.test', ttl: 5, data: '10.0.0.1' }] }
  const forged: DnsAnswer = { answers: [{ type: 'A', name: 'a.test', ttl: 5, data: '6.6.6.6' }], otherId: 1 }
  const loop: DnsAnswer = {
    answers: [
      { type: 'CNAME', name: 'a.test', ttl: 5, data: 'b.test' },
      { type: 'CNAME', name: 'b.test', ttl: 5, data: 'a.test' },
    ],
  }

  it.each([
    ['never answers', () => [], 'response', 'no answer within'],
    [
      'sends rubbish',
      () => [Buffer.from('rubbish that is no message of DNS')],
      'response',
      'no answer to the question',
    ],
    ['answers another question', () => [forged], 'response', 'no answer to the question'],
    ['could not find out', () => [{ rcode: 2 }], 'response', 'SERVFAIL'],
  ])('that %s is not reached, in time', async (_, script, step, text) => {
    const server = await startScriptedDns(script)
    const began = performance.now()
    const { subjects, notes } = await look({ name: 'a.test', resolver: `127.0.0.1:${server.port}` }, 1500)
    expect(performance.now() - began).toBeLessThan(2500)
    await server.stop()
    expect(subjects).toMatchObject({ reachable: false, failed_step: step, answers: { unobserved: expect.any(String) } })
    expect(notes?.join()).toContain(text)
  })

  it('is not there: the step is connect', async () => {
    const { subjects } = await look({ name: 'a.test', resolver: `127.0.0.1:${await freePort()}` }, 1500)
    expect(subjects).toMatchObject({ reachable: false, failed_step: 'connect' })
  })

  it('cannot pass off a forged answer while the true one is on its way', async () => {
    const server = await startScriptedDns(() => [forged, Buffer.from('x'), good])
    const { subjects } = await look({ name: 'a.test', resolver: `127.0.0.1:${server.port}` })
    await server.stop()
    expect(subjects).toMatchObject({ answers: ['10.0.0.1'] })
  })

  it('loses the first datagram: it is asked again', async () => {
    const server = await startScriptedDns(() => (server.asked.length < 2 ? [] : [good]))
    const { subjects } = await look({ name: 'a.test', resolver: `127.0.0.1:${server.port}` })
    await server.stop()
    expect(subjects).toMatchObject({ answers: ['10.0.0.1'] })
  })

  it('leads in a circle: it ends', async () => {
    const server = await startScriptedDns(() => [loop])
    const { subjects } = await look({ name: 'a.test', resolver: `127.0.0.1:${server.port}` })
    await server.stop()
    expect(subjects).toMatchObject({ reachable: true, count: 0, cname: ['b.test', 'a.test'] })
  })

  it('cuts its answer off and is silent over TCP: not reached, in time, and nothing stays open', async () => {
    const server = await startScriptedDns(({ over }) => (over === 'udp' ? [{ truncated: true }] : []))
    const { subjects } = await look({ name: 'a.test', resolver: `127.0.0.1:${server.port}` }, 1500)
    expect(subjects).toMatchObject({ reachable: false, failed_step: 'response' })
    await expect.poll(server.open).toBe(0)
    await server.stop()
  })

  it('the first of two is silent: the second is asked', async () => {
    const server = await startScriptedDns(() => [good])
    const root = mkdtempSync(join(tmpdir(), 'postflight-dns-'))
    const vantage = elsewhere({ 'resolv.conf': 'nameserver 10.9.9.9\nnameserver 10.9.9.8' }, server.port, root)
    const silentFirst: Vantage = {
      ...vantage,
      dial: (to, { signal }) =>
        to.host === '10.9.9.9'
          ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
          : vantage.dial(to, { signal }),
    }
    const { observation } = await runKind(
      dns,
      { name: 'a.test' },
      { vantage: silentFirst, check: { ...CONTAINER, timeoutMs: 2000 } },
    )
    await server.stop()
    rmSync(root, { recursive: true })
    expect(observation.subjects).toMatchObject({ reachable: true, answers: ['10.0.0.1'] })
  })
})

describe('a check file', () => {
  it.each([
    ['10.0.0.2', true],
    ['10.0.0.2:5353', true],
    ['fd00::2', true],
    ['[fd00::2]:5353', true],
    ['system', true],
    ['ns.example.net', false],
    ['10.0.0.2:99999', false],
    ['[10.0.0.2]:53', false],
  ])('may name the resolver %s: %s', (resolver, good) => {
    expect(dns.schema.safeParse({ name: 'a.test', resolver }).success).toBe(good)
  })

  it.each(['a..b', `${'x'.repeat(64)}.test`, 'with blank.test', ''])('may not ask for %j', (name) => {
    expect(dns.schema.safeParse({ name }).success).toBe(false)
  })

  it('may ask for a name in any script', () => {
    expect(dns.schema.parse({ name: 'bücher.example' })).toMatchObject({ name: 'xn--bcher-kva.example' })
  })
})
