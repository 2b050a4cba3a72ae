import Addresses

/// Whether two hosts belong to one owner, as far as names tell: `auth.example.com` and `registry.example.com`
/// do, two customers of one cloud do not.
///
/// Without the Public Suffix List, which changes monthly, this errs on the side of "no": a registry whose token
/// server is not recognised can be named in `trusted_realms`.
enum RegistrableDomain {
  /// Suffixes below which each name is another customer.
  private static let shared: Set<String> = [
    "amazonaws.com", "amazonaws.com.cn", "azurecr.io", "azurewebsites.net", "azure.com", "cloudapp.net",
    "cloudfront.net", "pkg.dev", "run.app", "appspot.com", "web.app", "googleapis.com", "github.io",
    "githubusercontent.com", "gitlab.io", "herokuapp.com", "fly.dev", "onrender.com", "vercel.app", "netlify.app",
    "pages.dev", "workers.dev", "r2.dev", "trycloudflare.com", "ngrok.io", "ngrok.app", "ngrok-free.app",
    "duckdns.org", "dyndns.org", "no-ip.org", "nip.io", "sslip.io", "jfrog.io", "aliyuncs.com", "myhuaweicloud.com",
    "ondigitalocean.app", "digitaloceanspaces.com", "linodeusercontent.com", "scw.cloud", "ovh.net",
    "oraclecloud.com", "ocir.io", "blogspot.com", "firebaseapp.com", "render.com", "readthedocs.io",
  ]

  /// Labels that stand between owner and country: `example.co.uk`, `example.com.au`.
  private static let secondLevel: Set<String> = [
    "ac", "asso", "co", "com", "ed", "edu", "go", "gob", "gouv", "gov", "gv", "ltd", "me", "mil", "ne", "net",
    "nom", "or", "org", "plc", "sch",
  ]

  static func isShared(_ a: String, _ b: String) -> Bool {
    guard let domain = of(a) else { return false }
    return domain == of(b)
  }

  /// The owner's domain of a host name, `nil` where none can be told.
  static func of(_ host: String) -> String? {
    guard HostKind(host) == .name else { return nil }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2, !labels.contains("") else { return nil }
    let suffixes = (1..<labels.count).map { labels[$0...].joined(separator: ".") }
    if shared.contains(host) || suffixes.contains(where: shared.contains) { return nil }
    let top = labels[labels.count - 1]
    let isCountry = top.utf8.count == 2
    let depth = isCountry && secondLevel.contains(String(labels[labels.count - 2])) ? 3 : 2
    guard labels.count >= depth else { return nil }
    return labels.suffix(depth).joined(separator: ".")
  }
}
