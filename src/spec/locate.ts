/** Where a part of a check stands, for errors that come up when it runs. */
import type { CheckPlace } from '../lib/errors.js'
import type { Excerpt } from '../lib/position.js'
import { spanInScalar, wordLength } from './offsets.js'
import { excerpt, type Span } from './source.js'
import { type MapNode, nearestNode, nodeAt } from './tree.js'

/** `tree` is the effective check. Parts that only its kind's defaults know are placed at the id. */
export function locator(tree: MapNode, idSpan: Span): (at: CheckPlace) => Excerpt {
  return ({ path, offset }) => {
    const node = nodeAt(tree, path)
    if (node === undefined) {
      const near = nearestNode(tree, path)
      return excerpt(near === tree ? idSpan : near.span)
    }
    if (node.type !== 'scalar' || typeof node.value !== 'string' || offset === undefined) {
      return excerpt(path.length === 0 ? idSpan : node.span)
    }
    const at = Math.min(Math.max(0, offset), node.value.length)
    return excerpt(spanInScalar(node, at, wordLength(node.value, at)))
  }
}
