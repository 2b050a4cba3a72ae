import Glibc
import History
import ImageModel

/// A directory of its own for one test, removed with everything in it when the test is over.
final class Scratch {
  let directory: String
  var database: String { directory + "/watcher.db" }

  init() {
    var template = Array("/tmp/history-test-XXXXXX".utf8CString)
    directory = String(cString: mkdtemp(&template))
  }

  deinit {
    for name in names(in: directory) { unlink("\(directory)/\(name)") }
    for name in names(in: directory) {
      for inner in names(in: "\(directory)/\(name)") { unlink("\(directory)/\(name)/\(inner)") }
      rmdir("\(directory)/\(name)")
    }
    rmdir(directory)
  }

  private func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}

func read(_ path: String) -> [UInt8] {
  guard let file = fopen(path, "r") else { return [] }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
  return bytes
}

func write(_ bytes: [UInt8], to path: String) {
  guard let file = fopen(path, "w") else { return }
  fwrite(bytes, 1, bytes.count, file)
  fclose(file)
}

func mode(_ path: String) -> UInt32 {
  var info = stat()
  return stat(path, &info) == 0 ? info.st_mode & 0o7777 : 0
}

func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

func size(_ path: String) -> Int {
  var info = stat()
  return stat(path, &info) == 0 ? Int(info.st_size) : 0
}
