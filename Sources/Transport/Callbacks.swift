import Addresses
import CCurl
import Glibc

/// What libcurl calls on the loop's thread while it performs transfers.
enum Callbacks {
  static func header(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
  ) -> Int {
    guard let owner else { return 0 }
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return Transfer.with(owner) { $0.sink.take(headerLine: line) } ? line.count : 0
  }

  static func body(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
  ) -> Int {
    guard let owner else { return 0 }
    let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
    // Anything but the count given ends the transfer; for an empty piece 0 would mean success.
    return Transfer.with(owner) { $0.sink.take(bodyPiece: piece) } ? piece.count : piece.count + 1
  }

  /// Opens the socket for an address the policy allows: the address that is connected to, whatever DNS says
  /// elsewhere.
  static func openSocket(
    _ owner: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ target: UnsafeMutablePointer<curl_sockaddr>?
  ) -> curl_socket_t {
    guard let owner, let target else { return CURL_SOCKET_BAD }
    let transfer = Transfer.of(owner)
    if transfer.request.unixSocket != nil {
      guard target.pointee.family == AF_UNIX else { return CURL_SOCKET_BAD }
    } else {
      guard isAllowed(address(of: target), for: transfer) else { return CURL_SOCKET_BAD }
    }
    return makeSocket(for: target)
  }

  /// What is about to be connected to.
  static func address(of target: UnsafeMutablePointer<curl_sockaddr>) -> IPAddress? {
    guard let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return nil }
    return IPAddress(UnsafeRawPointer(target) + offset, family: target.pointee.family)
  }

  static func makeSocket(for target: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
    // Credential helpers and other children must not inherit it.
    let type = target.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    return socket(target.pointee.family, type, target.pointee.protocol)
  }

  /// Runs before each request, also over a connection that another request with another policy has opened.
  static func beforeRequest(_ owner: UnsafeMutableRawPointer?, _ remote: UnsafeMutablePointer<CChar>?) -> Int32 {
    guard let owner else { return CURL_PREREQFUNC_ABORT }
    let transfer = Transfer.of(owner)
    // Such a connection serves no other request, and has no address to judge.
    if transfer.request.unixSocket != nil { return CURL_PREREQFUNC_OK }
    return isAllowed(remote.flatMap { IPAddress(text: $0) }, for: transfer)
      ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
  }

  private static func isAllowed(_ address: IPAddress?, for transfer: Transfer) -> Bool {
    guard let address else { return false }
    let kind = AddressClass(address)
    transfer.peer = kind
    // A proxy's address is the operator's choice.
    let policy = transfer.proxy == nil ? transfer.request.addresses : .denyLinkLocal
    if policy.allows(kind) { return true }
    transfer.refusedAddress = address
    return false
  }
}
