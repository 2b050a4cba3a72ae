/// Where log-ins are looked for of registries of which the configuration says none.
package enum LoginSetting: Sendable, Hashable {
  /// Where Docker, Podman and others keep those of the user.
  case found
  /// In this file alone, one of Docker's `config.json`.
  case file(SecretFile)
  case none
}
