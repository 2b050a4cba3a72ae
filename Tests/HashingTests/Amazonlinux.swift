/// The documents of `amazonlinux:latest` of November 2022, byte for byte; their digests are in the test.
enum Amazonlinux {
  static let index = #"""
    {"manifests":[{"digest":"sha256:0eefa899a816bf75b072f1c002a9a6d620d2cde73983fee2380533571eb99d20","m\#
    ediaType":"application\/vnd.docker.distribution.manifest.v2+json","platform":{"architecture":"amd64"\#
    ,"os":"linux"},"size":529},{"digest":"sha256:6ed3f8651e7e6ae661e3bdac75a80bc532ac90dfae8ce303d866caa\#
    e3b60b980","mediaType":"application\/vnd.docker.distribution.manifest.v2+json","platform":{"architec\#
    ture":"arm64","os":"linux","variant":"v8"},"size":529}],"mediaType":"application\/vnd.docker.distrib\#
    ution.manifest.list.v2+json","schemaVersion":2}
    """#
  static let amd64 = #"""
    {
       "schemaVersion": 2,
       "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
       "config": {
          "mediaType": "application/vnd.docker.container.image.v1+json",
          "size": 1478,
          "digest": "sha256:6e809582795f51280dda491769531ca101af7ce73ff67ec039597b1f000fef8c"
       },
       "layers": [
          {
             "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
             "size": 62262225,
             "digest": "sha256:68028ec3b506bca4d81560b5fcbd408dc7cc49f4b1717a69d5396ff22700f80a"
          }
       ]
    }
    """#
  static let arm64 = #"""
    {
       "schemaVersion": 2,
       "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
       "config": {
          "mediaType": "application/vnd.docker.container.image.v1+json",
          "size": 1493,
          "digest": "sha256:b63c3d5a14ae516d5edaa98abdd502ef3e1387825976894b400cc5e28c05c9f1"
       },
       "layers": [
          {
             "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
             "size": 63867424,
             "digest": "sha256:4c4d0334d8224869629842fadc7a498ccbda1acc05e7995a0a7283b23fc39c24"
          }
       ]
    }
    """#
}
