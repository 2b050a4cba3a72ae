import Host
package import ImageModel

/// Which log-in there is for a registry and repository, and where it comes from: what the configuration says, else what
/// the user that this runs as has.
package actor Logins {
  /// What is to be sent.
  package enum Answer: Hashable, Sendable {
    case found(FoundLogin)
    case none
    /// There should be one. The registry may let anybody in all the same; where it does not, this is why.
    case unusable(reason: String)
  }

  /// How long an answer of a helper holds: some make log-ins that last minutes.
  static let helperMilliseconds: Int64 = 5 * 60_000
  /// How long one is left alone that did not answer as it should, or that was asked anew a moment ago.
  static let failureMilliseconds: Int64 = 60_000
  package static let configuration = "configuration"

  private let files: AuthFiles
  /// `nil`: none is run.
  private let environment: [String: String]?
  private let now: @Sendable () -> BootTime
  private var configured: [CredentialSource: ConfiguredLogin] = [:]
  private var asked: [HelperKey: Asked] = [:]

  private struct HelperKey: Hashable {
    let name: String
    let server: String
  }

  /// A question to a helper, perhaps under way.
  private struct Asked {
    let reply: Task<HelperReply, Never>
    let began: BootTime
    /// `nil` while it is under way.
    var until: BootTime?
  }

  /// - Parameters:
  ///   - places: where to look, in order.
  ///   - helpers: with what environment helpers are run; `nil`: none is.
  ///   - tell: gets what is wrong with a file, once for each state of it.
  package init(
    _ places: [AuthPlace], helpers: [String: String]?, now: @escaping @Sendable () -> BootTime,
    tell: @escaping @Sendable (String) -> Void
  ) {
    files = AuthFiles(places, tell: tell)
    environment = helpers
    self.now = now
  }

  /// Of a user who has none.
  package static let none = Logins([], helpers: nil, now: { BootTime.now() }, tell: { _ in })

  /// - Parameter source: what the configuration says of the registry; nothing else is looked at then.
  /// - Throws: `.credentialsUnreadable` where that cannot be had.
  package func login(
    for query: LoginQuery, configured source: CredentialSource? = nil
  ) async throws(CheckFailure) -> Answer {
    if let source { return try await configured(source, query) }
    let read: AuthFiles.Contents
    do {
      read = try await blocking(within: Limits.lookSeconds) { [files] in files.read() }
    } catch {
      return .unusable(reason: "the files with log-ins cannot be looked at: their file system \(error)")
    }
    var reason: String?
    for step in LoginSearch(query, in: read.files).steps {
      switch step {
      case .login(let login, let place): return .found(FoundLogin(login: login, origin: place))
      case .missingHelper(let place, let key):
        reason = reason ?? "\(place.safe()) says that a helper has the log-in for \(key.safe()), and names none"
      case .helper(let name, let server, let place):
        switch await ask(HelperKey(name: name, server: server)) {
        case .login(let login):
          return .found(FoundLogin(login: login, origin: "docker-credential-\(name) (\(place))"))
        case .none: break
        case .failed(let why): reason = reason ?? "docker-credential-\(name), which \(place.safe()) names: \(why)"
        }
      }
    }
    // What is known of the registry says more.
    return (reason ?? read.faults.first).map { .unusable(reason: $0) } ?? .none
  }

  /// The registry has refused a log-in. A helper that gave it more than a moment ago is asked anew.
  ///
  /// - Returns: another one, if there is one now.
  package func renewed(
    _ refused: Login, for query: LoginQuery, configured source: CredentialSource? = nil
  ) async throws(CheckFailure) -> FoundLogin? {
    let server = LoginKey.server(query.domain)
    for (key, known) in asked where key.server == server && known.until != nil {
      if now() - known.began >= Self.failureMilliseconds { asked[key] = nil }
    }
    guard case .found(let found) = try await login(for: query, configured: source), found.login != refused else {
      return nil
    }
    return found
  }

  private func configured(_ source: CredentialSource, _ query: LoginQuery) async throws(CheckFailure) -> Answer {
    switch source {
    case .unseen(let name, let remedy):
      throw CheckFailure(
        .credentialsUnreadable,
        "the credential (\(name)) for \(query.domain) cannot be looked for: CREDENTIALS_DIRECTORY is not set",
        remedy: remedy)
    case .helper(let name):
      switch await ask(HelperKey(name: name, server: LoginKey.server(query.domain))) {
      case .login(let login): return .found(FoundLogin(login: login, origin: "docker-credential-\(name)"))
      case .none: throw helperFailure(name, query, "it has none")
      case .failed(let why): throw helperFailure(name, query, why)
      }
    case .basic, .token:
      return .found(FoundLogin(login: try await read(source, query), origin: Self.configuration))
    }
  }

  private func helperFailure(_ name: String, _ query: LoginQuery, _ why: String) -> CheckFailure {
    let isThere = Self.fault(ofHelper: name, environment) == nil
    return CheckFailure(
      .credentialsUnreadable, "docker-credential-\(name) gives no log-in for \(query.domain) (\(why))",
      remedy: environment == nil
        ? "do that, or set password_file or token_file"
        : "\(isThere ? "log in with it" : "install it"), or correct credential_helper")
  }

  private func read(_ source: CredentialSource, _ query: LoginQuery) async throws(CheckFailure) -> Login {
    let file = configured[source] ?? ConfiguredLogin(source)
    configured[source] = file
    do {
      guard let login = try await blocking(within: Limits.lookSeconds, { try file?.read() }) else {
        throw SecretText.Failure(reason: "it holds none")
      }
      return login
    } catch {
      let reason = (error as? SecretText.Failure)?.reason ?? "its file system \(error)"
      throw CheckFailure(
        .credentialsUnreadable,
        "the credentials file \((file?.path ?? "").safe()) for \(query.domain) cannot be used (\(reason))",
        remedy: "correct it")
    }
  }

  /// Never two questions at a time for the same.
  private func ask(_ key: HelperKey) async -> HelperReply {
    if let known = asked[key], known.until.map({ $0 > now() }) ?? true {
      let reply = await Self.value(of: known.reply)
      // Somebody else has given up.
      return known.reply.isCancelled && !Task.isCancelled ? await ask(key) : reply
    }
    // Not part of the caller's task: others wait for the same.
    let task = Task { [environment] in await Self.reply(of: key, environment) }
    asked[key] = Asked(reply: task, began: now())
    let reply = await Self.value(of: task)
    guard !task.isCancelled else {
      if asked[key]?.reply == task { asked[key] = nil }
      return reply
    }
    let holds = if case .failed = reply { Self.failureMilliseconds } else { Self.helperMilliseconds }
    asked[key]?.until = now() + holds
    return reply
  }

  /// Whoever gives up ends the question, and who still wants an answer asks again.
  private static func value(of reply: Task<HelperReply, Never>) async -> HelperReply {
    await withTaskCancellationHandler {
      await reply.value
    } onCancel: {
      reply.cancel()
    }
  }

  private static func reply(of key: HelperKey, _ environment: [String: String]?) async -> HelperReply {
    guard let program = environment.flatMap({ HelperProgram(named: key.name, environment: $0) }) else {
      return .failed(fault(ofHelper: key.name, environment) ?? "it cannot be run")
    }
    return await program.get(key.server)
  }

  /// Why a helper cannot be run at all; `nil` where it can.
  ///
  /// - Parameter environment: `nil` where none is run.
  package static func fault(ofHelper name: String, _ environment: [String: String]?) -> String? {
    guard let environment else { return "helpers are turned off here; WATCHER_CREDENTIAL_HELPERS=on turns them on" }
    guard HelperProgram(named: name, environment: environment) == nil else { return nil }
    return "there is no such program in PATH" + (HelperName.advice(name).map { "; \($0)" } ?? "")
  }
}
