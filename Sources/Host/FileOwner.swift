import Glibc

/// The directory that a path is in: `.` for a name alone.
package func directory(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// What root creates with a command by hand, the service has to be able to write to later: it belongs to the owner of
/// `path` afterwards. SQLite does the same with its -wal and -shm files.
///
/// - Parameter sharesGroup: whether it also gets the group of what is root's own: whoever is in it may read it then.
package func giveToOwner(of path: String, _ descriptor: Int32, sharesGroup: Bool) {
  var info = stat()
  guard geteuid() == 0, stat(path, &info) == 0, info.st_uid != 0 || (sharesGroup && info.st_gid != 0) else { return }
  _ = fchown(descriptor, info.st_uid, info.st_gid)
}

/// Has root go on as the owner of `path`, for good: with that user's groups, and without any right beyond.
///
/// - Returns: the user's name, or number where it has none; `nil` where nothing has changed, because the process is not
///   root's or the file is.
package func becomeOwner(of path: String) throws(SystemError) -> String? {
  var info = stat()
  guard geteuid() == 0, stat(path, &info) == 0, info.st_uid != 0 else { return nil }
  let name = FileAccess.userName(info.st_uid)
  let group = getpwuid(info.st_uid)?.pointee.pw_gid ?? info.st_gid
  guard initgroups(name, group) == 0, setgid(group) == 0, setuid(info.st_uid) == 0
  else { throw SystemError(call: "go on as", subject: name, code: errno) }
  return name
}
