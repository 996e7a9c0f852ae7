// What of oclif is loaded late in the package behaves as if it had been loaded at once.
import vm from 'node:vm'
import { expect, it } from 'vitest'
import { lateRequires } from '../../packaging/oclif.js'

const CODE = `"use strict";
var __importDefault = (mod) => (mod && mod.__esModule ? mod : { default: mod });
Object.defineProperty(exports, "__esModule", { value: true });
const node_path_1 = require("node:path");
const cache_1 = __importDefault(require("./cache"));
const never_1 = require("./never");
const kept = require("./kept");
exports.join = (a, b) => (0, node_path_1.join)(a, b);
exports.make = () => new cache_1.default(kept.name);
exports.twice = () => cache_1.default === cache_1.default;
exports.never = () => never_1.thing;
`

it('what a module requires is loaded when it is first used, and once', () => {
  const asked: string[] = []
  class Cache {
    readonly name: string
    constructor(name: string) {
      this.name = name
    }
  }
  const modules: Readonly<Record<string, unknown>> = {
    'node:path': { join: (a: string, b: string) => `${a}/${b}` },
    './cache': Cache,
    './kept': { name: 'k' },
  }
  const exports: Record<string, (...given: unknown[]) => unknown> = {}
  const require = (name: string): unknown => {
    asked.push(name)
    return modules[name]
  }
  vm.runInNewContext(lateRequires(CODE), { exports, require })
  // Only what TypeScript wrote can be told to be used by its name alone.
  expect(asked).toEqual(['./kept'])
  expect(exports['join']?.('a', 'b')).toBe('a/b')
  expect(exports['make']?.()).toMatchObject({ name: 'k' })
  expect(exports['twice']?.()).toBe(true)
  expect(asked).toEqual(['./kept', 'node:path', './cache'])
})
