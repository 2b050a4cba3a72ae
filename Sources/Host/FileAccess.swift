import Glibc
import ImageModel

/// Who may use a file and who asks, in words for an error.
package enum FileAccess {
  /// `/var/lib/watcher mode 750 owner watcher:watcher`.
  package static func describe(_ path: String) -> String {
    var info = stat()
    guard stat(path, &info) == 0 else {
      return errno == EACCES ? "\(path.safe()) cannot be looked at" : "\(path.safe()) not there"
    }
    let mode = String(info.st_mode & 0o7777, radix: 8)
    return "\(path.safe()) mode \(mode) owner \(userName(info.st_uid)):\(groupName(info.st_gid))"
  }

  /// Whoever this process is: `alice`.
  package static var user: String { userName(geteuid()) }

  /// What lets this user in: `run as root or join group watcher`. What stands in the way is `path`, or of the
  /// directories above it the first that can be looked at.
  ///
  /// - Parameter isWriting: whether reading is not enough.
  package static func remedy(_ path: String, isWriting: Bool) -> String {
    var info = stat()
    var path = path
    while stat(path, &info) != 0 {
      guard errno == EACCES, path != "/", path != "." else { return "run as root" }
      path = directory(of: path)
    }
    let isDirectory = info.st_mode & S_IFMT == S_IFDIR
    let wanted = (isDirectory ? S_IXGRP : S_IRGRP) | (isWriting ? S_IWGRP : 0)
    if info.st_mode & wanted == wanted, info.st_gid != 0, !isMember(of: info.st_gid) {
      return "run as root or join group \(groupName(info.st_gid))"
    }
    return info.st_uid == 0 || info.st_uid == geteuid() ? "run as root" : "run as root or \(userName(info.st_uid))"
  }

  private static func isMember(of group: gid_t) -> Bool {
    if getegid() == group { return true }
    var groups = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
    let count = getgroups(Int32(groups.count), &groups)
    return count > 0 && groups.prefix(Int(count)).contains(group)
  }

  /// Its number where it has no name.
  static func userName(_ user: uid_t) -> String {
    var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
    var buffer = [CChar](repeating: 0, count: 4_096)
    guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return "\(user)" }
    return String(cString: entry.pw_name)
  }

  private static func groupName(_ group: gid_t) -> String {
    var (entry, found) = (Glibc.group(), UnsafeMutablePointer<Glibc.group>?.none)
    var buffer = [CChar](repeating: 0, count: 16_384)
    guard getgrgid_r(group, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return "\(group)" }
    return String(cString: entry.gr_name)
  }
}
