/// What the configuration says of a registry's log-in. Files are read again when they change; one trailing newline is
/// not part of the secret.
package enum CredentialSource: Hashable, Sendable {
  /// A user name and the file with the password or access token.
  case basic(username: String, passwordFile: String)
  /// The file with a bearer token that the registry itself accepts; no token server is asked.
  case token(file: String)
  /// The program `docker-credential-<name>`.
  case helper(name: String)
  /// A credential that the service manager did not pass: its name, and what to do.
  case unseen(credential: String, remedy: String)
}
