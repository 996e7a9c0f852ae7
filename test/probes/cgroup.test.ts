import { expect, it } from 'vitest'
import { cgroupOf } from '../../src/probes/cgroup.js'

const V1 =
  '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw'
const V1_DOCKER = '900 890 0:32 /docker/4f2a /sys/fs/cgroup/memory ro,nosuid master:15 - cgroup cgroup rw,memory'
const V2 = '30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate'

it.each([
  [
    'the group and those around it',
    V1,
    '4:memory:/a/b\n0::/',
    1,
    ['/sys/fs/cgroup/memory/a/b', '/sys/fs/cgroup/memory/a', '/sys/fs/cgroup/memory'],
  ],
  [
    'a container that sees its own group as the top, though it is named by the path of the host',
    V1_DOCKER,
    '4:memory:/docker/4f2a',
    1,
    ['/sys/fs/cgroup/memory'],
  ],
  ['a container with a cgroup namespace', V2, '0::/', 2, ['/sys/fs/cgroup']],
  [
    'a unit of systemd',
    V2,
    '0::/system.slice/shop.service',
    2,
    ['/sys/fs/cgroup/system.slice/shop.service', '/sys/fs/cgroup/system.slice', '/sys/fs/cgroup'],
  ],
  [
    'version 1 before version 2 where both are mounted and it holds the controller',
    V1,
    '4:memory:/a\n0::/x',
    1,
    ['/sys/fs/cgroup/memory/a', '/sys/fs/cgroup/memory'],
  ],
  ['a group above what is mounted as what is mounted', V2, '0::/../other', 2, ['/sys/fs/cgroup']],
  [
    'a group whose name only begins like the root as what is mounted',
    V1_DOCKER,
    '4:memory:/docker/4f2a99',
    1,
    ['/sys/fs/cgroup/memory'],
  ],
  ['a group with a colon and a blank in its name', V2, '0::/a:b c', 2, ['/sys/fs/cgroup/a:b c', '/sys/fs/cgroup']],
  [
    'a mount point with a blank',
    '30 23 0:26 / /sys/fs/c\\040group rw - cgroup2 cgroup2 rw',
    '0::/',
    2,
    ['/sys/fs/c group'],
  ],
  ['the last of two mounts', `${V2}\n31 23 0:26 / /mnt/cg rw - cgroup2 cgroup2 rw`, '0::/', 2, ['/mnt/cg']],
] as const)('finds %s', (_, mounts, groups, version, directories) => {
  expect(cgroupOf(mounts, groups, 'memory')).toEqual({ version, directories })
})

it.each([
  ['no control groups are mounted', '1 1 0:1 / / rw - ext4 /dev/vda rw', '0::/'],
  ['the controller is of version 1 and only version 2 is mounted without it', '', ''],
])('finds none where %s', (_, mounts, groups) => {
  expect(cgroupOf(mounts, groups, 'memory')).toBeUndefined()
})
